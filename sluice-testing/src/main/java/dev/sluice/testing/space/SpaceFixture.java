package dev.sluice.testing.space;

import dev.sluice.space.Space;
import dev.sluice.space.SpaceException;
import dev.sluice.space.SpaceException.Problem;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// The space of a contract suite, opened as often as a test wants, and taken away after it.
///
/// Threads: any.
public abstract class SpaceFixture {
    private static final AtomicInteger NAMES = new AtomicInteger();

    private String address = "";
    private final List<Space> opened = new CopyOnWriteArrayList<>();

    /// For the suites.
    protected SpaceFixture() {}

    /// The address of a space of the kind that is tested.
    ///
    /// @param name letters, digits and dashes
    protected abstract String address(String name);

    /// Takes away what a test has left, when all its openings are closed.
    ///
    /// @param tested what [#address] answered
    protected void destroy(String tested) {}

    /// Whether waits of the space end in virtual time: nothing of it is outside of the process.
    protected boolean inVirtualTime() {
        return true;
    }

    /// Each test has a space of its own.
    @BeforeEach
    final void name() {
        address = address("t" + ProcessHandle.current().pid() + "-" + NAMES.incrementAndGet());
    }

    /// Opens the test's space: each time another opening of the same one.
    protected final Space open() {
        Space space = Space.open(address);
        opened.add(space);
        return space;
    }

    /// A name that no object of this JVM has had.
    protected static String fresh() {
        return "o" + NAMES.incrementAndGet();
    }

    /// Closes and takes away.
    @AfterEach
    final void closeAll() {
        opened.forEach(Space::close);
        destroy(address);
    }

    /// Checks that something fails as it should.
    protected static void assertFails(Problem problem, ThrowingCallable call) {
        Assertions.assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SpaceException.class,
                        failure -> Assertions.assertThat(failure.problem())
                                .as(failure.getMessage())
                                .isEqualTo(problem));
    }
}

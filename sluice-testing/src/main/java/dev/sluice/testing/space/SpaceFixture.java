package dev.sluice.testing.space;

import dev.sluice.space.Space;
import dev.sluice.space.SpaceException;
import dev.sluice.space.SpaceException.Problem;
import dev.sluice.testing.Cancellations;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
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
    private final List<String> others = new CopyOnWriteArrayList<>();

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

    /// Cancels work at each of its suspensions, each time in a run of its own: in virtual time, which a space that
    /// others are woken through cannot have.
    ///
    /// @param fresh makes the state of a run
    /// @param check is run afterwards
    /// @return how often it was cancelled
    protected <S> int cancelEverywhere(
            Supplier<? extends S> fresh, Cancellations.Part<? super S> work, Cancellations.Part<? super S> check)
            throws Exception {
        return Cancellations.atEverySuspension(fresh, work, check);
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

    /// Opens a space for one run of several; who runs it closes it.
    protected final Space another() {
        String other = address("r" + ProcessHandle.current().pid() + "-" + NAMES.incrementAndGet());
        others.add(other);
        return Space.open(other);
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
        others.forEach(this::destroy);
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

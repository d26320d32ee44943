package dev.sluice.internal.shm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.Sluice;
import dev.sluice.channel.Received;
import dev.sluice.codec.Codec;
import dev.sluice.space.Lease;
import dev.sluice.space.Queue;
import dev.sluice.space.Space;
import dev.sluice.space.SpaceException;
import dev.sluice.space.SpaceException.Problem;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ShmSpaceTest {
    private final String name = "sluice-test-" + UUID.randomUUID();

    @AfterEach
    void remove() throws IOException {
        try (SharedDirectory directory = SharedDirectory.open(SharedDirectory.BASE, name)) {
            directory.removeAll();
        }
    }

    private Space open() {
        return Space.open("shm:" + name);
    }

    private static Queue<String> queue(Space space) {
        return space.queue("jobs", Codec.utf8(), Queue.Options.defaults().withDeliveries(2));
    }

    private static void failsWith(Problem problem, ThrowingCallable body) {
        assertThatExceptionOfType(SpaceException.class)
                .isThrownBy(body)
                .satisfies(e -> assertThat(e.problem()).as(e.getMessage()).isEqualTo(problem));
    }

    @Test
    void whatOneOpeningPutsTheOtherTakes() {
        try (Space one = open();
                Space other = open()) {
            queue(one).put("a");
            try (Lease<String> lease = queue(other).take()) {
                assertThat(lease.item()).isEqualTo("a");
                assertThat(lease.delivery()).isEqualTo(1);
                assertThat(lease.extend()).isTrue();
            }
            try (Lease<String> lease = queue(one).take()) {
                assertThat(lease.delivery()).isEqualTo(2);
                assertThat(lease.done()).isTrue();
            }
            assertThat(queue(one).tryTake()).isInstanceOf(Received.Empty.class);
            Queue.Totals totals = queue(one).statistics().totals();
            assertThat(totals).isEqualTo(new Queue.Totals(1, 1, 1, 0));
        }
    }

    @Test
    void aClosedSpaceRemovesNothingOfTheNext() {
        Space closed = open();
        closed.close();
        try (Space next = open()) { // its directory has the number that the other's had
            queue(next).put("a");
            failsWith(Problem.CLOSED, () -> closed.remove("jobs"));
            failsWith(Problem.CLOSED, closed::list);
            assertThat(next.list()).contains(new Space.Item("jobs", Space.Kind.QUEUE));
        }
    }

    @Test
    void whatIsNotDoneGoesToTheDeadLetters() {
        try (Space space = open()) {
            queue(space).put("bad");
            queue(space).take().giveBack(Duration.ofMillis(20));
            queue(space).take().close();
            queue(space).join();
            Queue<String> dead = queue(space).deadLetters();
            assertThat(dead.take().item()).isEqualTo("bad");
            assertThat(space.list())
                    .containsExactly(
                            new Space.Item("jobs", Space.Kind.QUEUE), new Space.Item("jobs.dead", Space.Kind.QUEUE));
        }
    }

    @Test
    void closingReturnsTheLeasesAndEndsTheWaits() {
        try (Space other = open()) {
            Space space = open();
            queue(space).put("a");
            Lease<String> lease = queue(space).take();
            space.close();
            space.close();
            assertThat(lease.done()).isFalse();
            assertThat(queue(other).take().delivery()).isEqualTo(2);
            failsWith(Problem.CLOSED, () -> queue(space));
        }
    }

    @Test
    void leasesOfATaskReturnWhenItEnds() throws Exception {
        try (Space space = open()) {
            Queue<String> queue = queue(space);
            queue.put("a");
            List<String> seen = new ArrayList<>();
            Sluice.run(() -> seen.add(queue.take().item()));
            assertThat(seen).containsExactly("a");
            assertThat(queue.take().delivery()).isEqualTo(2);
        }
    }

    @Test
    void refusesWhatCannotBe() {
        try (Space space = open()) {
            queue(space);
            failsWith(Problem.TOO_LARGE, () -> queue(space).put("x".repeat(4097)));
            failsWith(
                    Problem.UNSUPPORTED,
                    () -> space.queue(
                            "big", Codec.utf8(), Queue.Options.defaults().withItemBytes(1 << 25)));
            assertThat(queue(space).finish()).isTrue();
            failsWith(Problem.FINISHED, () -> queue(space).put("late"));
            assertThat(queue(space).takeOrEnd()).isInstanceOf(Received.Done.class);
            assertThat(space.remove("jobs")).isTrue();
            assertThat(space.remove("jobs")).isFalse();
        }
    }
}

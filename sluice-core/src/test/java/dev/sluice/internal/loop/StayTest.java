package dev.sluice.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.internal.access.Engines;
import dev.sluice.internal.strand.Strand;
import dev.sluice.internal.testkit.OnSeams;
import dev.sluice.internal.testkit.Patience;
import dev.sluice.loop.Loop;
import dev.sluice.task.Deadline;
import dev.sluice.task.Promise;
import dev.sluice.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// How long a coroutine stays on its loop's thread when each of its looks pays at once, as in an exchange
/// between two loops that never ends.
///
/// Without a scheduler of ours a coroutine is on no loop's thread, and never looks.
@Tag("needs-opens")
class StayTest {
    private static final long TICK_NANOS = 1000;
    private static final int READS_OF_A_LOOK = 2;
    private static final int LOOKS_OF_A_SLICE = (int) (EventLoop.SLICE_NANOS / TICK_NANOS / READS_OF_A_LOOK);
    private static final int SLICES_ALONE = 20;
    private static final int TOO_MANY = 10 * SLICES_ALONE * LOOKS_OF_A_SLICE;

    private static final int MOST_SLEEPS = 1000; // one that a late wake-up ends earns nothing

    private static final IdleSpin.Wait OVER = token -> true;

    /// A microsecond passes with each look at it.
    private static final class Ticking implements Clock {
        private final AtomicLong nanos = new AtomicLong(); // of any thread

        @Override
        public long nanoTime() {
            return nanos.addAndGet(TICK_NANOS);
        }

        @Override
        public Instant now() {
            return Instant.EPOCH.plusNanos(nanos.get());
        }
    }

    private interface Body {
        void run(EventLoop engine, Strand strand) throws Exception;
    }

    /// Runs a body on a loop whose thread may look: other threads have ended short sleeps of it.
    private static void whereLooksPay(Body body) throws Exception {
        OnSeams.run(OnSeams.clock(new Ticking()), () -> {
            EventLoop engine = Engines.of(Loop.current());
            Strand strand = Strand.current();
            int sleeps = 0;
            do {
                sleepShortly(engine);
                assertThat(++sleeps).as("sleeps before a look pays").isLessThan(MOST_SLEEPS);
            } while (IdleSpin.PARALLEL && !strand.lookFor(OVER, 0));
            body.run(engine, strand);
        });
    }

    private static void sleepShortly(EventLoop engine) {
        Promise<String> handed = new Promise<>("handed over");
        Thread.ofPlatform().start(() -> {
            Patience.until("the loop sleeps", () -> engine.rest() >= 0);
            handed.complete("awake");
        });
        handed.await();
    }

    /// How often the coroutine may go on without leaving the thread.
    private static int looks(Strand strand) {
        int looks = 0;
        while (looks < TOO_MANY && strand.lookFor(OVER, 0)) {
            looks++;
        }
        return looks;
    }

    @Test
    void someSlicesWhereNobodyElseIsThere() throws Exception {
        whereLooksPay((engine, strand) ->
                assertThat(looks(strand)).isBetween(least(LOOKS_OF_A_SLICE), SLICES_ALONE * LOOKS_OF_A_SLICE));
    }

    @Test
    void aSliceWhereATimerWaits() throws Exception {
        whereLooksPay((engine, strand) -> Deadline.after(Duration.ofHours(1))
                .run(() -> assertThat(looks(strand)).isBetween(least(1), LOOKS_OF_A_SLICE)));
    }

    @Test
    void notWhenSomethingIsHandedToTheLoop() throws Exception {
        whereLooksPay((engine, strand) -> {
            assertThat(strand.lookFor(OVER, 0)).isEqualTo(IdleSpin.PARALLEL);
            var handed = new AtomicBoolean();
            Thread.ofPlatform().start(() -> {
                engine.submit(() -> {});
                handed.set(true);
            });
            while (!handed.get()) { // on the loop's thread, as who is not done yet
                Thread.onSpinWait();
            }
            assertThat(strand.lookFor(OVER, 0)).isFalse();
        });
    }

    /// With one processor nobody looks.
    private static int least(int looks) {
        return IdleSpin.PARALLEL ? looks : 0;
    }
}

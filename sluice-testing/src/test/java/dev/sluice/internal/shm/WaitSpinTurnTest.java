package dev.sluice.internal.shm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.internal.access.Engines;
import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.EventFd;
import dev.sluice.internal.linux.Unistd;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.loop.LoopSeams;
import dev.sluice.internal.poll.Operation;
import dev.sluice.internal.poll.PollerChoice;
import dev.sluice.internal.poll.PollerConfig;
import dev.sluice.internal.poll.Pollers;
import dev.sluice.internal.strand.Strand;
import dev.sluice.internal.timer.Timer;
import dev.sluice.loop.Loop;
import dev.sluice.loop.Loops;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A coroutine whose looks at a shared word all pay at once, as in an exchange between two processes that never
/// ends, and what else its loop has to do.
///
/// Without a scheduler of ours a coroutine is on no loop's thread, and never looks.
@Tag("needs-opens")
@Timeout(60)
class WaitSpinTurnTest {
    private static final long TICK_NANOS = 1000;
    private static final long SLICE_NANOS = 50_000;
    private static final int READS_OF_A_LOOK = 2;
    private static final int LOOKS_OF_A_SLICE = (int) (SLICE_NANOS / TICK_NANOS / READS_OF_A_LOOK);
    private static final int TOO_MANY = 100 * LOOKS_OF_A_SLICE;

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

    private static final class Due extends Timer {
        boolean over; // the loop's thread only

        @Override
        protected void expired() {
            over = true;
        }
    }

    private static final class Input extends Operation {
        boolean over; // the loop's thread only

        @Override
        public void completed(int result) {
            over = true;
        }
    }

    @Test
    void timersGetTheirTurnAfterASlice() throws Exception {
        onALoop(engine -> {
            var due = new Due();
            due.deadline = engine.clock().nanoTime();
            engine.arm(due);
            int looks = 0;
            WaitSpin spin = new WaitSpin(new Calls(), engine.clock(), true);
            while (!due.over && looks < TOO_MANY) {
                assertThat(spin.look(Strand.current(), () -> true)).isTrue();
                looks++;
            }
            assertThat(looks).isBetween(1, LOOKS_OF_A_SLICE + 1);
        });
    }

    @Test
    void inputGetsItsTurnAfterASlice() throws Exception {
        onALoop(engine -> {
            CallState state = new CallState();
            var input = new Input();
            input.kind = Operation.Kind.READABLE;
            input.shared = true; // so that it need not be prepared
            input.fd = EventFd.eventfd(state, 1, EventFd.EFD_CLOEXEC | EventFd.EFD_NONBLOCK);
            engine.perform(input);
            int looks = 0;
            WaitSpin spin = new WaitSpin(new Calls(), engine.clock(), true);
            while (!input.over && looks < TOO_MANY) {
                assertThat(spin.look(Strand.current(), () -> true)).isTrue();
                looks++;
            }
            assertThat(looks).isBetween(1, LOOKS_OF_A_SLICE + 1);
            assertThat(Unistd.close(state, input.fd)).isZero();
        });
    }

    /// The loop is its carrier, too: as long as it looked, nobody else of the loop would run.
    @Test
    void aVirtualThreadThatACoroutineHasStartedDoesNotLook() throws Exception {
        onALoop(engine -> {
            var due = new Due();
            due.deadline = engine.clock().nanoTime();
            engine.arm(due);
            var onLoop = new AtomicBoolean();
            var looks = new AtomicInteger();
            WaitSpin spin = new WaitSpin(new Calls(), engine.clock(), true);
            Thread started = Thread.ofVirtual().start(() -> {
                onLoop.set(engine.onLoop());
                while (!due.over && looks.get() < TOO_MANY && spin.look(Strand.current(), () -> true)) {
                    looks.incrementAndGet();
                }
            });
            started.join();
            assertThat(onLoop).isTrue();
            assertThat(looks).hasValue(0);
        });
    }

    private interface Body {
        void run(EventLoop engine) throws Exception;
    }

    private static void onALoop(Body body) throws Exception {
        LoopSeams real = LoopSeams.production(
                Pollers.open(PollerChoice.AUTO, PollerConfig.defaults()).poller());
        int exactTimers = 0;
        var seams = new LoopSeams(new Ticking(), real.poller(), real.ready(), exactTimers, real.random(), null);
        Loops loops = Engines.open(LoopsConfig.defaults().withCount(1).withStallLimit(Duration.ZERO), seams);
        try {
            Sluice.callOn(loops.loop(0), "looks", () -> {
                body.run(Engines.of(Loop.current()));
                return true;
            });
        } finally {
            assertThat(loops.close(Duration.ofSeconds(30)).drained()).isTrue();
        }
    }
}

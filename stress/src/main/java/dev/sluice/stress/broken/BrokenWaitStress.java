package dev.sluice.stress.broken;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/// Waits with two winners.
public final class BrokenWaitStress {
    private static final int WAITING = 0;
    private static final int RESUMED = 1;
    private static final int CANCELLED = 2;

    private BrokenWaitStress() {}

    /// The resumer looks whether the wait is on, and ends it, in two steps instead of one.
    @JCStressTest
    @Outcome(
            id = {"won, resumed", "lost, cancelled"},
            expect = ACCEPTABLE,
            desc = "one winner")
    @Outcome(id = "won, cancelled", expect = FORBIDDEN, desc = "what the resumer gave is lost")
    @Outcome(id = "won, resumed and cancelled", expect = FORBIDDEN, desc = "two winners")
    @State
    public static class LooksBeforeItEnds {
        private final AtomicInteger state = new AtomicInteger(WAITING);
        private boolean cancelled; // the canceller; read by the arbiter

        @Actor
        public void resumer(LL_Result r) {
            boolean waits = state.get() == WAITING;
            if (waits) {
                state.set(RESUMED);
            }
            r.r1 = waits ? "won" : "lost";
        }

        @Actor
        public void canceller() {
            cancelled = state.compareAndSet(WAITING, CANCELLED);
        }

        @Arbiter
        public void end(LL_Result r) {
            String resumed = state.get() == RESUMED ? "resumed" : "cancelled";
            r.r2 = cancelled && state.get() == RESUMED ? "resumed and cancelled" : resumed;
        }
    }

    /// A permit goes to the first who waits without a look whether its wait has been cancelled meanwhile.
    @JCStressTest
    @Outcome(
            id = {"acquired, 0 free", "cancelled, 1 free"},
            expect = ACCEPTABLE,
            desc = "the permit is somewhere")
    @Outcome(id = "cancelled, 0 free", expect = FORBIDDEN, desc = "a permit is lost")
    @State
    public static class PermitForSomebodyCancelled {
        private final AtomicInteger wait = new AtomicInteger(WAITING);
        private volatile boolean queued = true;
        private volatile int free;

        @Actor
        public void releaser() {
            if (queued) {
                wait.compareAndSet(WAITING, RESUMED); // the answer says whether the permit was taken
            } else {
                free = 1;
            }
        }

        @Actor
        public void canceller() {
            if (wait.compareAndSet(WAITING, CANCELLED)) {
                queued = false;
            }
        }

        @Arbiter
        public void end(LL_Result r) {
            r.r1 = wait.get() == RESUMED ? "acquired" : "cancelled";
            r.r2 = free + " free";
        }
    }
}

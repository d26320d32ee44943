package dev.sluice.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.sluice.sync.Barrier;
import dev.sluice.sync.Once;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.LL_Result;

/// Barriers and values that are made once: all who meet there see the same.
public final class MeetingStress {
    private MeetingStress() {}

    private static String arrive(Barrier barrier) {
        try {
            return "passed " + barrier.await();
        } catch (Barrier.BrokenException broken) {
            return "broken";
        }
    }

    /// Both parties arrive.
    @JCStressTest
    @Outcome(
            id = {"0, 1", "1, 0"},
            expect = ACCEPTABLE,
            desc = "one after the other")
    @Outcome(expect = FORBIDDEN, desc = "both are the first, or the last; a lost wake-up shows as a timeout")
    @State
    public static class ArriveAgainstArrive {
        private final Barrier barrier = new Barrier(2);

        @Actor
        public void first(II_Result r) {
            r.r1 = barrier.await();
        }

        @Actor
        public void second(II_Result r) {
            r.r2 = barrier.await();
        }
    }

    /// The last party arrives while the barrier is broken.
    @JCStressTest
    @Outcome(id = "passed 0, passed 1", expect = ACCEPTABLE, desc = "the round was complete before")
    @Outcome(id = "broken, broken", expect = ACCEPTABLE, desc = "it was broken before")
    @Outcome(expect = FORBIDDEN, desc = "one passes without the other")
    @State
    public static class ArriveAgainstAbort {
        private final Barrier barrier = new Barrier(2);
        private final Waiting first = new Waiting(() -> arrive(barrier));

        @Actor
        public void arriver(LL_Result r) {
            r.r2 = arrive(barrier);
        }

        @Actor
        public void breaker() {
            barrier.abort("stress");
        }

        @Arbiter
        public void end(LL_Result r) {
            r.r1 = first.outcome();
        }
    }

    /// The last party arrives while the first one is cancelled.
    @JCStressTest
    @Outcome(id = "passed 0, passed 1", expect = ACCEPTABLE, desc = "the round was complete before")
    @Outcome(id = "cancelled, waits", expect = ACCEPTABLE, desc = "the round waits for another one")
    @Outcome(expect = FORBIDDEN, desc = "one passes without the other, or who has gone still counts")
    @State
    public static class ArriveAgainstCancel {
        private final Barrier barrier = new Barrier(2);
        private final Waiting first = new Waiting(() -> arrive(barrier));
        private @Nullable Waiting second; // the arriver, then the arbiter

        @Actor
        public void arriver() {
            second = new Waiting(() -> arrive(barrier));
        }

        @Actor
        public void canceller() {
            first.cancel();
        }

        @Arbiter
        public void end(LL_Result r) {
            Waiting last = second;
            assert last != null;
            r.r1 = first.outcome();
            if (r.r1.equals(Waiting.CANCELLED)) {
                r.r2 = barrier.statistics().waiters().size() == 1 ? "waits" : "gone";
                barrier.abort("over");
                last.outcome();
            } else {
                r.r2 = last.outcome();
            }
        }
    }

    /// Two ask for the value.
    @JCStressTest
    @Outcome(
            id = {"first, first", "second, second"},
            expect = ACCEPTABLE,
            desc = "one made it, both have it")
    @Outcome(expect = FORBIDDEN, desc = "it was made twice")
    @State
    public static class GetAgainstGet {
        private final Once<String> once = new Once<>();

        @Actor
        public void first(LL_Result r) {
            r.r1 = once.get(() -> "first");
        }

        @Actor
        public void second(LL_Result r) {
            r.r2 = once.get(() -> "second");
        }
    }

    /// Two ask for the value, and the body of one fails.
    @JCStressTest
    @Outcome(id = "failed, made", expect = ACCEPTABLE, desc = "the one that failed came first, or alone")
    @Outcome(id = "made, made", expect = ACCEPTABLE, desc = "it came when the value was there")
    @Outcome(expect = FORBIDDEN, desc = "something else; a lost wake-up shows as a timeout")
    @State
    public static class GetAgainstFailure {
        private final Once<String> once = new Once<>();

        @Actor
        public void failing(LL_Result r) {
            try {
                r.r1 = once.get(() -> {
                    throw new IllegalStateException("stress");
                });
            } catch (IllegalStateException expected) {
                r.r1 = "failed";
            }
        }

        @Actor
        public void making(LL_Result r) {
            r.r2 = once.get(() -> "made");
        }
    }
}

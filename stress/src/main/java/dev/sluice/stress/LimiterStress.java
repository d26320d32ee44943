package dev.sluice.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.sluice.sync.Limiter;
import dev.sluice.sync.RateLimiter;
import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/// Limiters: no permit is lost or made, whoever is cancelled and however their number changes.
public final class LimiterStress {
    private LimiterStress() {}

    private static Waiting borrower(Limiter limiter) {
        return new Waiting(() -> {
            limiter.acquireFor("borrower");
            return "acquired";
        });
    }

    private static String lent(Limiter limiter) {
        return limiter.statistics().borrowers().size() + " lent";
    }

    /// Two want the last permit.
    @JCStressTest
    @Outcome(
            id = {"true, false", "false, true"},
            expect = ACCEPTABLE,
            desc = "one has it")
    @Outcome(expect = FORBIDDEN, desc = "both have it, or none")
    @State
    public static class AcquireAgainstAcquire {
        private final Limiter limiter = new Limiter(1);

        @Actor
        public void first(LL_Result r) {
            r.r1 = limiter.tryAcquireFor("first");
        }

        @Actor
        public void second(LL_Result r) {
            r.r2 = limiter.tryAcquireFor("second");
        }
    }

    /// A permit comes free for one who waits and is cancelled.
    @JCStressTest
    @Outcome(id = "acquired, 1 lent", expect = ACCEPTABLE, desc = "it has the permit")
    @Outcome(id = "cancelled, 0 lent", expect = ACCEPTABLE, desc = "the permit is there for others")
    @Outcome(expect = FORBIDDEN, desc = "a permit is lost, or there twice")
    @State
    public static class ReleaseAgainstCancel {
        private final Limiter limiter = new Limiter(1);
        private final Waiting waiting;

        public ReleaseAgainstCancel() {
            limiter.tryAcquireFor("holder");
            waiting = borrower(limiter);
        }

        @Actor
        public void releaser() {
            limiter.releaseFor("holder");
        }

        @Actor
        public void canceller() {
            waiting.cancel();
        }

        @Arbiter
        public void end(LL_Result r) {
            r.r1 = waiting.outcome();
            r.r2 = lent(limiter);
        }
    }

    /// There is one permit more for one who waits and is cancelled.
    @JCStressTest
    @Outcome(id = "acquired, 1 lent", expect = ACCEPTABLE, desc = "it has the permit")
    @Outcome(id = "cancelled, 0 lent", expect = ACCEPTABLE, desc = "the permit is there for others")
    @Outcome(expect = FORBIDDEN, desc = "a permit is lost, or there twice")
    @State
    public static class GrowAgainstCancel {
        private final Limiter limiter = new Limiter(0);
        private final Waiting waiting = borrower(limiter);

        @Actor
        public void grower() {
            limiter.resize(1);
        }

        @Actor
        public void canceller() {
            waiting.cancel();
        }

        @Arbiter
        public void end(LL_Result r) {
            r.r1 = waiting.outcome();
            r.r2 = lent(limiter);
        }
    }

    /// One of two permits comes back while there is to be one only, and somebody waits.
    @JCStressTest
    @Outcome(id = "gone, 2 lent", expect = ACCEPTABLE, desc = "it came back before: who waited has it")
    @Outcome(id = "waits, 1 lent", expect = ACCEPTABLE, desc = "it came back after: it is no more")
    @Outcome(expect = FORBIDDEN, desc = "more permits are lent than there were, or fewer than could be")
    @State
    public static class ReleaseAgainstShrink {
        private final Limiter limiter = new Limiter(2);
        private final Waiting waiting;

        public ReleaseAgainstShrink() {
            limiter.tryAcquireFor("first");
            limiter.tryAcquireFor("second");
            waiting = borrower(limiter);
        }

        @Actor
        public void releaser() {
            limiter.releaseFor("first");
        }

        @Actor
        public void shrinker() {
            limiter.resize(1);
        }

        @Arbiter
        public void end(LL_Result r) {
            r.r1 = limiter.statistics().waiters().isEmpty() ? "gone" : "waits";
            r.r2 = lent(limiter);
            limiter.resize(2);
            String outcome = waiting.outcome();
            if (!outcome.equals("acquired")) {
                r.r1 = outcome;
            }
        }
    }

    /// Two want the only permit of a day.
    @JCStressTest
    @Outcome(
            id = {"true, false", "false, true"},
            expect = ACCEPTABLE,
            desc = "one has it")
    @Outcome(expect = FORBIDDEN, desc = "both have it, or none")
    @State
    public static class RateAgainstRate {
        private final RateLimiter limiter = RateLimiter.of(1, Duration.ofDays(1));

        @Actor
        public void first(LL_Result r) {
            r.r1 = limiter.tryAcquire();
        }

        @Actor
        public void second(LL_Result r) {
            r.r2 = limiter.tryAcquire();
        }
    }
}

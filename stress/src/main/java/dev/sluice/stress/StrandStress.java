package dev.sluice.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.sluice.internal.strand.Strand;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import org.openjdk.jcstress.infra.results.LL_Result;

/// The wait of a strand: it ends once, by one winner, and the token of a past wait ends nothing.
public final class StrandStress {
    private StrandStress() {}

    private static String won(boolean won) {
        return won ? "won" : "lost";
    }

    /// One wait, as whoever resumes it finds it.
    private static class Wait {
        volatile @Nullable Strand strand; // the one that waits, after it has written `token`
        long token;
        String message = "nothing"; // plain: the resume orders it

        /// Waits as all of Sluice does: begin, publish, await.
        String await() {
            Strand own = Strand.current();
            token = own.begin(this);
            strand = own;
            if (own.await(token)) {
                return message;
            }
            throw own.cancelledException();
        }

        Strand published() {
            Strand seen = strand;
            while (seen == null) {
                Thread.onSpinWait();
                seen = strand;
            }
            return seen;
        }

        boolean resume() {
            return published().tryResume(token);
        }
    }

    /// The resumer comes between the begin of a wait and its park, or before, or after.
    @JCStressTest
    @Outcome(id = "said, won", expect = ACCEPTABLE, desc = "the wait ends, and sees what the resumer wrote")
    @Outcome(expect = FORBIDDEN, desc = "the resume or what came with it is lost")
    @State
    public static class AwaitAgainstResume {
        private final Wait wait = new Wait();

        @Actor
        public void waiter(LL_Result r) {
            r.r1 = wait.await();
        }

        @Actor
        public void resumer(LL_Result r) {
            wait.message = "said";
            r.r2 = won(wait.resume());
        }
    }

    /// The same between entering a scope and the park, and nobody but the cancellation ends the wait.
    @JCStressTest
    @Outcome(id = "cancelled, calm", expect = ACCEPTABLE, desc = "the wait ended, or did not begin")
    @Outcome(id = "cancelled, interrupted", expect = FORBIDDEN, desc = "an interrupt outlives its scope")
    @Outcome(expect = FORBIDDEN, desc = "the cancellation is lost")
    @State
    public static class AwaitAgainstCancel {
        private final Wait wait = new Wait();
        private final Cut cut = new Cut();

        @Actor
        public void waiter(LL_Result r) {
            r.r1 = cut.run(wait::await) ? "resumed" : "cancelled";
            r.r2 = Thread.interrupted() ? "interrupted" : "calm";
        }

        @Actor
        public void canceller() {
            cut.cancel();
        }
    }

    /// Two resume the same wait.
    @JCStressTest
    @Outcome(
            id = {"won, lost, nothing", "lost, won, nothing"},
            expect = ACCEPTABLE,
            desc = "one of them did")
    @Outcome(id = "won, won, .*", expect = FORBIDDEN, desc = "both handed something to one wait")
    @Outcome(id = "lost, lost, .*", expect = FORBIDDEN, desc = "nobody did")
    @State
    public static class ResumeAgainstResume {
        private final Wait wait = new Wait();
        private final Waiting waiting = new Waiting(wait::await);

        @Actor
        public void first(LLL_Result r) {
            r.r1 = won(wait.resume());
        }

        @Actor
        public void second(LLL_Result r) {
            r.r2 = won(wait.resume());
        }

        @Arbiter
        public void end(LLL_Result r) {
            r.r3 = waiting.outcome();
        }
    }

    /// One resumes the wait and one cancels it.
    @JCStressTest
    @Outcome(id = "won, nothing", expect = ACCEPTABLE, desc = "the resumer won and the wait knows")
    @Outcome(id = "lost, cancelled", expect = ACCEPTABLE, desc = "the cancellation won and the resumer knows")
    @Outcome(id = "won, cancelled", expect = FORBIDDEN, desc = "what the resumer gave is lost")
    @Outcome(id = "lost, nothing", expect = FORBIDDEN, desc = "the wait believes that it was given something")
    @State
    public static class ResumeAgainstCancel {
        private final Wait wait = new Wait();
        private final Waiting waiting = new Waiting(wait::await);

        @Actor
        public void resumer(LL_Result r) {
            r.r1 = won(wait.resume());
        }

        @Actor
        public void canceller() {
            waiting.cancel();
        }

        @Arbiter
        public void end(LL_Result r) {
            r.r2 = waiting.outcome();
        }
    }

    /// As the one above, by the two halves of a resume, of which the first is made under somebody's lock.
    @JCStressTest
    @Outcome(id = "won, nothing", expect = ACCEPTABLE, desc = "the claim won and the wait knows")
    @Outcome(id = "lost, cancelled", expect = ACCEPTABLE, desc = "the cancellation won and the claim knows")
    @Outcome(expect = FORBIDDEN, desc = "two winners, or none")
    @State
    public static class ClaimAgainstCancel {
        private final Wait wait = new Wait();
        private final Waiting waiting = new Waiting(wait::await);

        @Actor
        public void claimer(LL_Result r) {
            Strand strand = wait.published();
            boolean claimed = strand.tryClaim(wait.token);
            r.r1 = won(claimed);
            if (claimed) {
                strand.wake();
            }
        }

        @Actor
        public void canceller() {
            waiting.cancel();
        }

        @Arbiter
        public void end(LL_Result r) {
            r.r2 = waiting.outcome();
        }
    }

    /// A wait that nothing but its resumer may end.
    @JCStressTest
    @Outcome(id = "won, resumed", expect = ACCEPTABLE, desc = "the cancellation let it be")
    @Outcome(expect = FORBIDDEN, desc = "the cancellation ended it, or lost the resume")
    @State
    public static class ResumeAgainstCancelOfUncancellable {
        private final Wait wait = new Wait();
        private final Waiting waiting = new Waiting(() -> {
            Strand own = Strand.current();
            wait.token = own.beginUncancellable(wait);
            wait.strand = own;
            own.awaitUncancellable(wait.token);
            return "resumed";
        });

        @Actor
        public void resumer(LL_Result r) {
            r.r1 = won(wait.resume());
        }

        @Actor
        public void canceller() {
            waiting.cancel();
        }

        @Arbiter
        public void end(LL_Result r) {
            r.r2 = waiting.outcome();
        }
    }

    /// Who comes late with the token of a past wait does not end the next one, whose begin it meets.
    @JCStressTest
    @Outcome(
            id = {"won, won, lost", "lost, won, won"},
            expect = ACCEPTABLE,
            desc = "each wait has ended once")
    @Outcome(expect = FORBIDDEN, desc = "a stale token ended a later wait")
    @State
    public static class ResumeOfPastWait {
        private final Wait wait = new Wait();

        @Actor
        public void waiter(LLL_Result r) {
            Strand own = Strand.current();
            long past = own.begin(this);
            wait.token = past;
            wait.strand = own;
            r.r1 = won(own.tryResume(past));
            own.await(past);
            long present = own.begin(this);
            r.r2 = won(own.tryResume(present));
            own.await(present);
        }

        @Actor
        public void latecomer(LLL_Result r) {
            r.r3 = won(wait.resume());
        }
    }
}

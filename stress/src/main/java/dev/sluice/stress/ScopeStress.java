package dev.sluice.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.sluice.cancel.CancelReason;
import dev.sluice.cancel.CancelledException;
import dev.sluice.internal.strand.Scope;
import dev.sluice.internal.strand.Strand;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import org.openjdk.jcstress.infra.results.LL_Result;

/// The tree of cancellation: a cancellation reaches everything below, and nothing that has been left or
/// shielded.
public final class ScopeStress {
    private ScopeStress() {}

    private static CancelReason reason(String text) {
        return new CancelReason.Requested("stress", text);
    }

    /// A scope that its strand has published.
    private static class Shared {
        private volatile @Nullable Scope scope; // the strand inside, once; read by the other actor

        Scope enter(Strand strand) {
            Scope entered = strand.enter(false);
            scope = entered;
            return entered;
        }

        Scope published() {
            Scope seen = scope;
            while (seen == null) {
                Thread.onSpinWait();
                seen = scope;
            }
            return seen;
        }
    }

    /// A wait that nobody resumes: it ends by a cancellation only.
    private static String waitForCancel(Strand strand) {
        try {
            long token = strand.begin("a cancellation");
            return strand.await(token) ? "resumed" : "cancelled";
        } catch (CancelledException cancelled) {
            return "cancelled";
        }
    }

    private static String interrupts() {
        return Thread.interrupted() ? "interrupted" : "calm";
    }

    /// A child begins in a scope while that is cancelled.
    @JCStressTest
    @Outcome(id = "cancelled, calm", expect = ACCEPTABLE, desc = "the child is cancelled, by the link or by the sweep")
    @Outcome(id = "cancelled, interrupted", expect = FORBIDDEN, desc = "an interrupt outlives its scope")
    @Outcome(expect = FORBIDDEN, desc = "a child escapes the cancellation; if it waits for ever, a timeout")
    @State
    public static class StartAgainstCancel {
        private final Shared shared = new Shared();

        @Actor
        public void starter(LL_Result r) {
            Strand strand = Strand.current();
            Scope outer = shared.enter(strand);
            Scope child = strand.enter(false);
            Scope grandchild = strand.enter(false);
            r.r1 = waitForCancel(strand);
            strand.leave(grandchild);
            strand.leave(child);
            strand.leave(outer);
            r.r2 = interrupts();
        }

        @Actor
        public void canceller() {
            shared.published().cancel(reason("stop"));
        }
    }

    /// A scope is left while it is cancelled: what comes behind it knows nothing of that.
    @JCStressTest
    @Outcome(id = "cancelled, calm, resumed", expect = ACCEPTABLE, desc = "cancelled before it was left")
    @Outcome(id = "too late, calm, resumed", expect = ACCEPTABLE, desc = "left before it was cancelled")
    @Outcome(expect = FORBIDDEN, desc = "the cancellation hits what comes after the scope")
    @State
    public static class LeaveAgainstCancel {
        private final Shared shared = new Shared();

        @Actor
        public void owner(LLL_Result r) {
            Strand strand = Strand.current();
            strand.leave(shared.enter(strand));
            r.r2 = interrupts();
            long token = strand.begin("itself");
            strand.tryResume(token);
            r.r3 = strand.await(token) ? "resumed" : "cancelled";
        }

        @Actor
        public void canceller(LLL_Result r) {
            r.r1 = shared.published().cancel(reason("stop")) ? "cancelled" : "too late";
        }
    }

    /// The inner scope is left while the outer one is cancelled: the next wait there ends.
    @JCStressTest
    @Outcome(id = "cancelled, calm", expect = ACCEPTABLE, desc = "the cancellation finds the strand where it is now")
    @Outcome(expect = FORBIDDEN, desc = "it is lost with the inner scope, or its interrupt outlives the outer one")
    @State
    public static class LeaveAgainstCancelOfOuter {
        private final Shared shared = new Shared();

        @Actor
        public void owner(LL_Result r) {
            Strand strand = Strand.current();
            Scope outer = shared.enter(strand);
            strand.leave(strand.enter(false));
            r.r1 = waitForCancel(strand);
            strand.leave(outer);
            r.r2 = interrupts();
        }

        @Actor
        public void canceller() {
            shared.published().cancel(reason("stop"));
        }
    }

    /// Two cancel the same scope.
    @JCStressTest
    @Outcome(id = "cancelled, too late, first", expect = ACCEPTABLE, desc = "for the first one's reason")
    @Outcome(id = "too late, cancelled, second", expect = ACCEPTABLE, desc = "for the second one's reason")
    @Outcome(expect = FORBIDDEN, desc = "both did it or none, or the reason is that of the other")
    @State
    public static class CancelAgainstCancel {
        private final Shared shared = new Shared();
        private final Waiting waiting = new Waiting(() -> {
            Strand strand = Strand.current();
            Scope scope = shared.enter(strand);
            String end = waitForCancel(strand);
            strand.leave(scope);
            return end;
        });

        @Actor
        public void first(LLL_Result r) {
            r.r1 = shared.published().cancel(reason("first")) ? "cancelled" : "too late";
        }

        @Actor
        public void second(LLL_Result r) {
            r.r2 = shared.published().cancel(reason("second")) ? "cancelled" : "too late";
        }

        @Arbiter
        public void end(LLL_Result r) {
            waiting.outcome();
            r.r3 = shared.published().reason() instanceof CancelReason.Requested(String by, String text)
                    ? text
                    : "none";
        }
    }

    /// A strand enters a shield while the scope around it is cancelled.
    @JCStressTest
    @Outcome(id = "calm, resumed, cancelled", expect = ACCEPTABLE, desc = "it waits in peace, and is cancelled behind")
    @Outcome(id = "interrupted, .*", expect = FORBIDDEN, desc = "an interrupt gets into the shield")
    @Outcome(expect = FORBIDDEN, desc = "the cancellation gets into the shield, or is lost behind it")
    @State
    public static class ShieldAgainstCancel {
        private final Shared shared = new Shared();

        @Actor
        public void owner(LLL_Result r) {
            Strand strand = Strand.current();
            Scope outer = shared.enter(strand);
            Scope shield = strand.enter(true);
            long token = strand.begin("itself");
            strand.tryResume(token);
            r.r2 = strand.await(token) ? "resumed" : "cancelled";
            strand.leave(shield);
            r.r3 = waitForCancel(strand);
            strand.leave(outer);
            r.r1 = interrupts();
        }

        @Actor
        public void canceller() {
            shared.published().cancel(reason("stop"));
        }
    }
}

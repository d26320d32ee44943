package dev.sluice.stress.broken;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/// An inbox of two words instead of one: whether there is work, and whether the loop sleeps.
public final class BrokenInboxStress {
    private BrokenInboxStress() {}

    /// The two words, which a thread writes in one order and reads in the other.
    private static class TwoWords {
        static final VarHandle WORK;
        static final VarHandle ASLEEP;

        static {
            try {
                WORK = MethodHandles.lookup().findVarHandle(TwoWords.class, "work", boolean.class);
                ASLEEP = MethodHandles.lookup().findVarHandle(TwoWords.class, "asleep", boolean.class);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        @SuppressWarnings("unused") // through WORK
        private boolean work;

        @SuppressWarnings("unused") // through ASLEEP
        private boolean asleep;
    }

    /// The loop announces its sleep and looks again, but without a fence between the two.
    @JCStressTest
    @Outcome(
            id = {"WAKE, asleep", "QUEUED, awake", "WAKE, awake"},
            expect = ACCEPTABLE,
            desc = "somebody notices")
    @Outcome(id = "QUEUED, asleep", expect = FORBIDDEN, desc = "a lost wake-up: the loop sleeps on work")
    @State
    public static class WithoutFence {
        private final TwoWords inbox = new TwoWords();

        @Actor
        public void pusher(LL_Result r) {
            TwoWords.WORK.setOpaque(inbox, true);
            r.r1 = (boolean) TwoWords.ASLEEP.getOpaque(inbox) ? "WAKE" : "QUEUED";
        }

        @Actor
        public void loop(LL_Result r) {
            TwoWords.ASLEEP.setOpaque(inbox, true);
            r.r2 = (boolean) TwoWords.WORK.getOpaque(inbox) ? "awake" : "asleep";
        }
    }

    /// The loop looks, finds nothing, and announces its sleep; it does not look again.
    @JCStressTest
    @Outcome(
            id = {"WAKE, asleep", "QUEUED, awake"},
            expect = ACCEPTABLE,
            desc = "somebody notices")
    @Outcome(id = "QUEUED, asleep", expect = FORBIDDEN, desc = "a lost wake-up: the loop sleeps on work")
    @State
    public static class WithoutSecondLook {
        private final TwoWords inbox = new TwoWords();

        @Actor
        public void pusher(LL_Result r) {
            TwoWords.WORK.setVolatile(inbox, true);
            r.r1 = (boolean) TwoWords.ASLEEP.getVolatile(inbox) ? "WAKE" : "QUEUED";
        }

        @Actor
        public void loop(LL_Result r) {
            if ((boolean) TwoWords.WORK.getVolatile(inbox)) {
                r.r2 = "awake";
            } else {
                TwoWords.ASLEEP.setVolatile(inbox, true);
                r.r2 = "asleep";
            }
        }
    }
}

package dev.sluice.internal.loop;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.LLI_Result;
import org.openjdk.jcstress.infra.results.LL_Result;

/// The inbox of a loop: what is pushed runs once, and no loop sleeps on work.
public final class InboxStress {
    private InboxStress() {}

    private static void nothing() {}

    private static int count(Inbox.@Nullable Node drained) {
        int count = 0;
        for (Inbox.Node node = drained; node != null; node = node.next) {
            count++;
        }
        return count;
    }

    private static String asleep(boolean asleep) {
        return asleep ? "asleep" : "awake";
    }

    /// The loop has seen no work and goes to sleep, while work arrives.
    @JCStressTest
    @Outcome(id = "WAKE, asleep", expect = ACCEPTABLE, desc = "the loop was asleep, and its pusher wakes it")
    @Outcome(id = "QUEUED, awake", expect = ACCEPTABLE, desc = "the loop saw the work and stays awake")
    @Outcome(id = "QUEUED, asleep", expect = FORBIDDEN, desc = "a lost wake-up: the loop sleeps on work")
    @Outcome(id = "WAKE, awake", expect = FORBIDDEN, desc = "a wake-up for nobody")
    @State
    public static class PushAgainstSleep {
        private final Inbox inbox = new Inbox();

        @Actor
        public void pusher(LL_Result r) {
            r.r1 = inbox.push(InboxStress::nothing, false);
        }

        @Actor
        public void loop(LL_Result r) {
            r.r2 = asleep(inbox.trySleep());
        }
    }

    /// Two threads push to a loop that sleeps.
    @JCStressTest
    @Outcome(id = "WAKE, QUEUED, 2", expect = ACCEPTABLE, desc = "the first wakes the loop")
    @Outcome(id = "QUEUED, WAKE, 2", expect = ACCEPTABLE, desc = "the second wakes the loop")
    @Outcome(id = "WAKE, WAKE, .", expect = FORBIDDEN, desc = "it is woken twice")
    @Outcome(id = "QUEUED, QUEUED, .", expect = FORBIDDEN, desc = "a lost wake-up: nobody wakes it")
    @State
    public static class PushAgainstPush {
        private final Inbox inbox = new Inbox();

        public PushAgainstPush() {
            inbox.trySleep();
        }

        @Actor
        public void first(LLI_Result r) {
            r.r1 = inbox.push(InboxStress::nothing, false);
        }

        @Actor
        public void second(LLI_Result r) {
            r.r2 = inbox.push(InboxStress::nothing, true);
        }

        @Arbiter
        public void loop(LLI_Result r) {
            inbox.awake();
            r.r3 = count(inbox.drain());
        }
    }

    /// The loop drains while one more arrives behind the one that is there.
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "the new one came after the drain")
    @Outcome(id = "2, 0", expect = ACCEPTABLE, desc = "the drain took both")
    @Outcome(expect = FORBIDDEN, desc = "work is lost, or runs twice")
    @State
    public static class PushAgainstDrain {
        private final Inbox inbox = new Inbox();

        public PushAgainstDrain() {
            inbox.push(InboxStress::nothing, false);
        }

        @Actor
        public void pusher() {
            inbox.push(InboxStress::nothing, false);
        }

        @Actor
        public void loop(II_Result r) {
            r.r1 = count(inbox.drain());
        }

        @Arbiter
        public void later(II_Result r) {
            r.r2 = count(inbox.drain());
        }
    }

    /// The loop ends while work arrives: it is handed back by the close, or refused and still the pusher's.
    @JCStressTest
    @Outcome(id = "QUEUED, 1", expect = ACCEPTABLE, desc = "the close hands it back")
    @Outcome(id = "CLOSED, 0", expect = ACCEPTABLE, desc = "it is refused")
    @Outcome(id = "QUEUED, 0", expect = FORBIDDEN, desc = "a coroutine is lost for ever")
    @Outcome(id = "CLOSED, 1", expect = FORBIDDEN, desc = "a coroutine goes on twice")
    @State
    public static class PushAgainstClose {
        private final Inbox inbox = new Inbox();

        public PushAgainstClose() {
            inbox.trySleep();
            inbox.awake();
        }

        @Actor
        public void pusher(LL_Result r) {
            r.r1 = inbox.push(InboxStress::nothing, true);
        }

        @Actor
        public void loop(LL_Result r) {
            r.r2 = count(inbox.close());
        }
    }

    /// What the pusher wrote before is seen by what the loop runs.
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "it sees what was written before the push")
    @Outcome(id = "0", expect = FORBIDDEN, desc = "it runs before the pusher's writes")
    @State
    public static class PushPublishes {
        private final Inbox inbox = new Inbox();
        private int written; // plain: the inbox orders it

        @Actor
        public void pusher() {
            written = 1;
            inbox.push(InboxStress::nothing, false);
        }

        @Actor
        public void loop(I_Result r) {
            while (inbox.drain() == null) {
                Thread.onSpinWait();
            }
            r.r1 = written;
        }
    }
}

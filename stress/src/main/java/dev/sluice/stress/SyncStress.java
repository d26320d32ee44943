package dev.sluice.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.sluice.sync.Condition;
import dev.sluice.sync.CountDown;
import dev.sluice.sync.Lock;
import dev.sluice.sync.Semaphore;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.LLL_Result;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/// Semaphores and locks: no permit is lost or made, and a lock that is handed to somebody who is cancelled goes
/// on.
public final class SyncStress {
    private SyncStress() {}

    private static String acquire(Semaphore semaphore, int count) {
        semaphore.acquire(count);
        return "acquired";
    }

    /// A permit comes free for one who waits and is cancelled.
    @JCStressTest
    @Outcome(id = "acquired, 0 free", expect = ACCEPTABLE, desc = "it has the permit")
    @Outcome(id = "cancelled, 1 free", expect = ACCEPTABLE, desc = "the permit is there for others")
    @Outcome(id = "cancelled, 0 free", expect = FORBIDDEN, desc = "a permit is lost")
    @Outcome(expect = FORBIDDEN, desc = "a permit is there twice")
    @State
    public static class ReleaseAgainstCancel {
        private final Semaphore semaphore = new Semaphore(1);
        private final Waiting waiting;

        public ReleaseAgainstCancel() {
            semaphore.acquire();
            waiting = new Waiting(() -> acquire(semaphore, 1));
        }

        @Actor
        public void releaser() {
            semaphore.release();
        }

        @Actor
        public void canceller() {
            waiting.cancel();
        }

        @Arbiter
        public void end(LL_Result r) {
            r.r1 = waiting.outcome();
            r.r2 = semaphore.statistics().available() + " free";
        }
    }

    /// One asks for all permits, one behind it for one: when the first is cancelled the second goes on.
    @JCStressTest
    @Outcome(id = "cancelled, acquired, 1 free", expect = ACCEPTABLE, desc = "cancelled before all were free")
    @Outcome(id = "acquired, waits, 0 free", expect = ACCEPTABLE, desc = "it got all before it was cancelled")
    @Outcome(expect = FORBIDDEN, desc = "the second waits for one who has gone, or permits are lost")
    @State
    public static class ReleaseAgainstCancelOfFirst {
        private final Semaphore semaphore = new Semaphore(2);
        private final Waiting first;
        private final Waiting second;

        public ReleaseAgainstCancelOfFirst() {
            semaphore.acquire(2);
            first = new Waiting(() -> acquire(semaphore, 2));
            second = new Waiting(() -> acquire(semaphore, 1));
        }

        @Actor
        public void releaser() {
            semaphore.release(2);
        }

        @Actor
        public void canceller() {
            first.cancel();
        }

        @Arbiter
        public void end(LLL_Result r) {
            r.r1 = first.outcome();
            int free = semaphore.statistics().available();
            if (r.r1.equals("acquired")) {
                r.r2 = semaphore.statistics().waiters().isEmpty() ? "gone" : "waits";
                semaphore.release(2);
                second.outcome();
            } else {
                r.r2 = second.outcome();
                free = semaphore.statistics().available();
            }
            r.r3 = free + " free";
        }
    }

    /// One releases the last permit while another begins to wait for it.
    @JCStressTest
    @Outcome(id = "acquired", expect = ACCEPTABLE, desc = "found at once, or handed over")
    @Outcome(expect = FORBIDDEN, desc = "a lost wake-up shows as a timeout")
    @State
    public static class ReleaseAgainstAcquire {
        private final Semaphore semaphore = new Semaphore(1);

        public ReleaseAgainstAcquire() {
            semaphore.acquire();
        }

        @Actor
        public void releaser() {
            semaphore.release();
        }

        @Actor
        public void acquirer(L_Result r) {
            r.r1 = acquire(semaphore, 1);
        }
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
        private final Semaphore semaphore = new Semaphore(1);

        @Actor
        public void first(LL_Result r) {
            r.r1 = semaphore.tryAcquire();
        }

        @Actor
        public void second(LL_Result r) {
            r.r2 = semaphore.tryAcquire();
        }
    }

    /// Two take a lock around the same field.
    @JCStressTest
    @Outcome(
            id = {"1, 2, 2", "2, 1, 2"},
            expect = ACCEPTABLE,
            desc = "one after the other")
    @Outcome(expect = FORBIDDEN, desc = "both at once, or one does not see the other's write")
    @State
    public static class LockAgainstLock {
        private final Lock lock = new Lock();
        private int count; // guarded by lock

        @Actor
        public void first(III_Result r) {
            lock.run(() -> r.r1 = ++count);
        }

        @Actor
        public void second(III_Result r) {
            lock.run(() -> r.r2 = ++count);
        }

        @Arbiter
        public void end(III_Result r) {
            r.r3 = count;
        }
    }

    /// The owner hands the lock to one who waits and is cancelled.
    @JCStressTest
    @Outcome(
            id = {"had it, free", "cancelled, free"},
            expect = ACCEPTABLE,
            desc = "either way it is free in the end")
    @Outcome(id = ".*, taken", expect = FORBIDDEN, desc = "the lock belongs to somebody who has gone")
    @Outcome(expect = FORBIDDEN, desc = "something else")
    @State
    public static class HandOverAgainstCancel {
        private final Lock lock = new Lock();
        private volatile @Nullable Waiting waiting; // the owner, once somebody waits

        @Actor
        public void owner() {
            lock.run(() -> waiting = new Waiting(() -> lock.call(() -> "had it")));
        }

        @Actor
        public void canceller() {
            Waiting seen = waiting;
            while (seen == null) {
                Thread.onSpinWait();
                seen = waiting;
            }
            seen.cancel();
        }

        @Arbiter
        public void end(LL_Result r) {
            Waiting other = waiting;
            assert other != null;
            r.r1 = other.outcome();
            r.r2 = lock.tryAcquire() ? "free" : "taken";
        }
    }

    /// Of two who wait for a signal the first is cancelled while one is given: it has not been lost.
    @JCStressTest
    @Outcome(id = "cancelled, signalled", expect = ACCEPTABLE, desc = "the other one has it")
    @Outcome(id = "signalled, waits", expect = ACCEPTABLE, desc = "the first one has it")
    @Outcome(expect = FORBIDDEN, desc = "the signal is lost, or there twice")
    @State
    public static class SignalAgainstCancel {
        private final Lock lock = new Lock();
        private final Condition changed = lock.condition("changed");
        private final Waiting first = new Waiting(this::waitForSignal);
        private final Waiting second = new Waiting(this::waitForSignal);

        private String waitForSignal() {
            return lock.call(() -> {
                changed.await();
                return "signalled";
            });
        }

        @Actor
        public void signaller() {
            lock.run(changed::signal);
        }

        @Actor
        public void canceller() {
            first.cancel();
        }

        @Arbiter
        public void end(LL_Result r) {
            r.r1 = first.outcome();
            if (r.r1.equals("signalled")) {
                r.r2 = changed.statistics().waiters().isEmpty() ? "gone" : "waits";
                lock.run(changed::signal);
                second.outcome();
            } else {
                r.r2 = second.outcome();
            }
        }
    }

    /// The last one counts down while another begins to wait.
    @JCStressTest
    @Outcome(id = "passed", expect = ACCEPTABLE, desc = "found at once, or woken")
    @Outcome(expect = FORBIDDEN, desc = "a lost wake-up shows as a timeout")
    @State
    public static class CountDownAgainstAwait {
        private final CountDown count = new CountDown(1);

        @Actor
        public void counter() {
            count.countDown();
        }

        @Actor
        public void waiter(L_Result r) {
            count.await();
            r.r1 = "passed";
        }
    }
}

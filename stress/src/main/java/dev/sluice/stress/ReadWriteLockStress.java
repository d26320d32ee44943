package dev.sluice.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.sluice.sync.ReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.LL_Result;

/// Read-write locks: nobody sees half of what a writer does, and a writer that gives up holds up nobody.
public final class ReadWriteLockStress {
    private ReadWriteLockStress() {}

    /// Two write to the same field.
    @JCStressTest
    @Outcome(
            id = {"1, 2, 2", "2, 1, 2"},
            expect = ACCEPTABLE,
            desc = "one after the other")
    @Outcome(expect = FORBIDDEN, desc = "both at once, or one does not see the other's write")
    @State
    public static class WriteAgainstWrite {
        private final ReadWriteLock lock = new ReadWriteLock();
        private int count; // guarded by the lock

        /// Takes a while, so that another who is in, too, is seen.
        private int increment() {
            int before = count;
            Thread.yield();
            count = before + 1;
            return count;
        }

        @Actor
        public void first(III_Result r) {
            lock.write().run(() -> r.r1 = increment());
        }

        @Actor
        public void second(III_Result r) {
            lock.write().run(() -> r.r2 = increment());
        }

        @Arbiter
        public void end(III_Result r) {
            r.r3 = count;
        }
    }

    /// One writes two fields, another reads them.
    @JCStressTest
    @Outcome(
            id = {"0, 0", "1, 1"},
            expect = ACCEPTABLE,
            desc = "one after the other")
    @Outcome(expect = FORBIDDEN, desc = "the reader was in while the writer was, or does not see what it wrote")
    @State
    public static class WriteAgainstRead {
        private final ReadWriteLock lock = new ReadWriteLock();
        private int one; // guarded by the lock
        private int other; // guarded by the lock

        @Actor
        public void writer() {
            lock.write().run(() -> {
                one = 1;
                Thread.yield(); // a moment in which a reader who is in, too, sees half of it
                other = 1;
            });
        }

        @Actor
        public void reader(II_Result r) {
            lock.read().run(() -> {
                r.r1 = other;
                r.r2 = one;
            });
        }
    }

    /// A writer waits for a reader, and is cancelled when that leaves.
    @JCStressTest
    @Outcome(
            id = {"wrote, free", "cancelled, free"},
            expect = ACCEPTABLE,
            desc = "either way it is free in the end")
    @Outcome(expect = FORBIDDEN, desc = "the lock belongs to somebody who has gone")
    @State
    public static class ReleaseAgainstCancel {
        private final ReadWriteLock lock = new ReadWriteLock();
        private volatile @Nullable Waiting writer; // the reader, once the writer waits

        @Actor
        public void reader() {
            lock.read().run(() -> writer = new Waiting(() -> lock.write().call(() -> "wrote")));
        }

        @Actor
        public void canceller() {
            Waiting seen = writer;
            while (seen == null) {
                Thread.onSpinWait();
                seen = writer;
            }
            seen.cancel();
        }

        @Arbiter
        public void end(LL_Result r) {
            Waiting waiting = writer;
            assert waiting != null;
            r.r1 = waiting.outcome();
            r.r2 = lock.write().tryAcquire() ? "free" : "taken";
        }
    }

    /// A reader waits behind a writer, and that is cancelled while the reader before it leaves.
    @JCStressTest
    @Outcome(
            id = {"wrote, read", "cancelled, read"},
            expect = ACCEPTABLE,
            desc = "either way the second reader goes on")
    @Outcome(expect = FORBIDDEN, desc = "something else; a lost wake-up shows as a timeout")
    @State
    public static class CancelAgainstReaderBehind {
        private final ReadWriteLock lock = new ReadWriteLock();
        private @Nullable Waiting second; // written by the first reader; the arbiter
        private volatile @Nullable Waiting writer; // the first reader, once both wait

        @Actor
        public void first() {
            lock.read().run(() -> {
                var waiting = new Waiting(() -> lock.write().call(() -> "wrote"));
                second = new Waiting(() -> lock.read().call(() -> "read"));
                writer = waiting;
            });
        }

        @Actor
        public void canceller() {
            Waiting seen = writer;
            while (seen == null) {
                Thread.onSpinWait();
                seen = writer;
            }
            seen.cancel();
        }

        @Arbiter
        public void end(LL_Result r) {
            Waiting waiting = writer;
            Waiting behind = second;
            assert waiting != null && behind != null;
            r.r1 = waiting.outcome();
            r.r2 = behind.outcome();
        }
    }
}

package dev.sluice.internal.shm;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.LLL_Result;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/// Values, locks and the words at which processes wait.
public final class WordsStress {
    private static final int ANY = 0;
    private static final int BUSY = -1;

    private WordsStress() {}

    // ---- values

    /// A value as two processes see it; its first version is 1.
    abstract static class Valued {
        final long at = new Piece().at;
        final ValueWords one;
        final ValueWords other;

        Valued() {
            one = new ValueWords("value", Piece.ONE, at);
            other = new ValueWords("value", Piece.OTHER, at);
            set(one, 1, ANY);
        }

        static long set(ValueWords words, int number, long expected) {
            return words.write(Piece.bytes(number), expected);
        }

        final String read() {
            return other.read((bytes, version) -> version + " " + Piece.word(bytes, bytes.length));
        }
    }

    /// A reader is so slow that the copy that it reads is written again.
    @JCStressTest
    @Outcome(id = "whole", expect = ACCEPTABLE, desc = "each time a version, and its value")
    @Outcome(expect = FORBIDDEN, desc = "a torn value, or one of another version")
    @State
    public static class SetAgainstRead extends Valued {
        private static final int TIMES = 8;

        @Actor
        public void writer() {
            for (int version = 2; version <= TIMES; version++) {
                set(one, version, ANY);
            }
        }

        @Actor
        public void reader(L_Result r) {
            r.r1 = "whole";
            for (int i = 0; i < TIMES; i++) {
                other.read((bytes, version) -> check(r, bytes, version));
            }
        }

        private static L_Result check(L_Result r, byte[] bytes, long version) {
            String got = Piece.word(bytes, bytes.length);
            if (!got.equals("got " + version)) {
                r.r1 = version + " " + got;
            }
            return r;
        }
    }

    /// Two compare and set the same version.
    @JCStressTest
    @Outcome(
            id = {"2, 0, 2 got 2", "2, -1, 2 got 2"},
            expect = ACCEPTABLE,
            desc = "the first has changed it")
    @Outcome(
            id = {"0, 2, 2 got 3", "-1, 2, 2 got 3"},
            expect = ACCEPTABLE,
            desc = "the second has")
    @Outcome(expect = FORBIDDEN, desc = "both, or nobody, or a torn value")
    @State
    public static class SetAgainstSet extends Valued {
        @Actor
        public void first(LLL_Result r) {
            r.r1 = set(one, 2, 1);
        }

        @Actor
        public void second(LLL_Result r) {
            r.r2 = set(other, 3, 1);
        }

        @Arbiter
        public void end(LLL_Result r) {
            r.r3 = read();
        }
    }

    /// A writer died in the middle, and two write.
    @JCStressTest
    @Outcome(id = "set, set, 3 got .", expect = ACCEPTABLE, desc = "one after the other")
    @Outcome(expect = FORBIDDEN, desc = "one is lost, or the dead one holds them up")
    @State
    public static class SetAfterDeath extends Valued {
        public SetAfterDeath() {
            long version = Piece.memory().getLong(at);
            Piece.memory().putLong(at, version | Piece.DEAD.participants().stamp());
        }

        private static String untilSet(ValueWords words, int number) {
            while (set(words, number, ANY) == BUSY) {
                Thread.onSpinWait();
            }
            return "set";
        }

        @Actor
        public void first(LLL_Result r) {
            r.r1 = untilSet(one, 2);
        }

        @Actor
        public void second(LLL_Result r) {
            r.r2 = untilSet(other, 3);
        }

        @Arbiter
        public void end(LLL_Result r) {
            r.r3 = read();
        }
    }

    // ---- locks

    /// A lock as two processes see it, and a count that it guards.
    abstract static class Locked {
        private static final int COUNT = 512;

        final long at = new Piece().at;
        final ShmLock one = new ShmLock(Piece.SPACE, "lock", Piece.ONE, at);
        final ShmLock other = new ShmLock(Piece.SPACE, "lock", Piece.OTHER, at);

        /// Counts with the lock held, by plain accesses.
        final int count(ShmLock lock) {
            while (!lock.tryEnter()) {
                Thread.onSpinWait();
            }
            int count = lock.mapping().getInt(at + COUNT) + 1;
            lock.mapping().putInt(at + COUNT, count);
            lock.leave(0);
            return count;
        }
    }

    /// The lock goes from one to the other.
    @JCStressTest
    @Outcome(
            id = {"1, 2, 2", "2, 1, 2"},
            expect = ACCEPTABLE,
            desc = "one after the other")
    @Outcome(expect = FORBIDDEN, desc = "both at once, or one does not see the other's write")
    @State
    public static class LockAgainstLock extends Locked {
        @Actor
        public void first(III_Result r) {
            r.r1 = count(one);
        }

        @Actor
        public void second(III_Result r) {
            r.r2 = count(other);
        }

        @Arbiter
        public void end(III_Result r) {
            r.r3 = count(one) - 1;
        }
    }

    /// The owner of the lock died; two release it and want it.
    @JCStressTest
    @Outcome(
            id = {"entered, refused, recovered", "refused, entered, recovered"},
            expect = ACCEPTABLE,
            desc = "one has it, and is told")
    @Outcome(expect = FORBIDDEN, desc = "both have it, or nobody, or nobody is told")
    @State
    public static class LockOfTheDead extends Locked {
        private static final long DAMAGED = 1L << 32; // as ShmLock draws it

        public LockOfTheDead() {
            Piece.memory().putLong(at, Piece.DEAD.participants().stamp());
        }

        private static String enter(ShmLock lock) {
            lock.releaseBuried();
            return lock.tryEnter() ? "entered" : "refused";
        }

        @Actor
        public void first(LLL_Result r) {
            r.r1 = enter(one);
        }

        @Actor
        public void second(LLL_Result r) {
            r.r2 = enter(other);
        }

        @Arbiter
        public void end(LLL_Result r) {
            r.r3 = (one.word() & DAMAGED) != 0 ? "recovered" : "untold";
        }
    }

    // ---- waiting

    /// A word at which processes wait, and what they wait for.
    abstract static class Waited {
        private static final int WORD = 0;
        private static final int READY = 512;
        private static final int ONE_RING = 2;

        final long at = new Piece().at;
        final WaitPoint ringer = new WaitPoint(Piece.ONE, at + WORD, () -> true);
        final WaitPoint sleeper = new WaitPoint(Piece.OTHER, at + WORD, this::isReady);

        private boolean isReady() {
            return Piece.OTHER.memory().getLongAcquire(at + READY) != 0; // pairs with the write in change
        }

        final void change() {
            Piece.ONE.memory().putLongVolatile(at + READY, 1); // pairs with the read in isReady
            ringer.ring();
        }

        final String sleep() {
            return sleeper.openAfterArming() ? "awake" : "asleep";
        }

        final int rings() {
            return Piece.memory().getIntVolatile(at + WORD) / ONE_RING;
        }
    }

    /// Something changes while somebody goes to sleep.
    @JCStressTest
    @Outcome(id = "asleep, 1", expect = ACCEPTABLE, desc = "the sleeper is woken")
    @Outcome(id = "awake, 0", expect = ACCEPTABLE, desc = "it has seen the change in time")
    @Outcome(id = "awake, 1", expect = ACCEPTABLE, desc = "both: a wake-up for nobody")
    @Outcome(id = "asleep, 0", expect = FORBIDDEN, desc = "a lost wake-up")
    @State
    public static class RingAgainstSleep extends Waited {
        @Actor
        public void changer() {
            change();
        }

        @Actor
        public void sleeper(LL_Result r) {
            r.r1 = sleep();
        }

        @Arbiter
        public void end(LL_Result r) {
            r.r2 = rings();
        }
    }

    /// Two change something while somebody sleeps.
    @JCStressTest
    @Outcome(id = "asleep, 1", expect = ACCEPTABLE, desc = "one of them wakes it")
    @Outcome(expect = FORBIDDEN, desc = "a lost wake-up, or one too many")
    @State
    public static class RingAgainstRing extends Waited {
        private final String asleep = sleep();
        private final WaitPoint third = new WaitPoint(Piece.OTHER, at, () -> true);

        @Actor
        public void first() {
            change();
        }

        @Actor
        public void second() {
            third.ring();
        }

        @Arbiter
        public void end(LL_Result r) {
            r.r1 = asleep;
            r.r2 = rings();
        }
    }
}

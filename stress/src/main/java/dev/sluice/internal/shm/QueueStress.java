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

/// The slots of a queue between two processes, and their order.
public final class QueueStress {
    private QueueStress() {}

    /// One process's view of a queue.
    static final class View {
        private static final int TAIL = 0;
        private static final int HEAD = 128;
        private static final int TAKEN = 256;
        private static final int SLOTS = 384;
        private static final long NOW = 0;

        final Slots slots;
        final Ring ring;
        private final Scratch scratch = new Scratch();

        View(SharedFile file, Piece piece, int capacity) {
            var shape = new Slots.Shape(capacity, capacity, Piece.VALUE_BYTES);
            slots = new Slots(file, piece.at + TAKEN, piece.at + SLOTS, shape);
            ring = new Ring(file, slots, piece.at + TAIL, piece.at + HEAD, true);
        }

        /// Claims and writes.
        long begin(int number) {
            long position = ring.claim();
            if (position != Ring.NONE) {
                slots.write(ring.slot(position), Piece.bytes(number), Piece.VALUE_BYTES, 0, position);
            }
            return position;
        }

        String put(int number) {
            long position = begin(number);
            if (position == Ring.NONE) {
                return "full";
            }
            return ring.commit(position) ? "put" : "passed";
        }

        /// Takes an item, and is done with it.
        String take() {
            return done(ring.take());
        }

        /// The same for one that was given back.
        String takeReturned() {
            return done(ring.takeReturned(NOW));
        }

        private String done(long slot) {
            if (slot == Slots.NONE) {
                return "none";
            }
            slots.read(slot, scratch);
            String got = Piece.word(scratch.bytes(), Piece.VALUE_BYTES);
            return slots.done(slot) ? got : "lost";
        }

        /// An item that is taken, and kept.
        long lease(int number) {
            put(number);
            return ring.take();
        }

        void giveBack(long slot) {
            slots.giveBack(slot, NOW);
        }

        /// What is left when all is over, in order.
        String left() {
            var left = new StringBuilder("left");
            for (String item = take(); !item.equals("none"); item = take()) {
                left.append(item.substring("got".length()));
            }
            return left.toString();
        }
    }

    /// A queue as two processes see it.
    abstract static class Both {
        final Piece piece = new Piece();
        final View one;
        final View other;

        Both(int capacity) {
            one = new View(Piece.ONE, piece, capacity);
            other = new View(Piece.OTHER, piece, capacity);
        }

        final View dead(int capacity) {
            return new View(Piece.DEAD, piece, capacity);
        }
    }

    /// An item comes while another process looks for one.
    @JCStressTest
    @Outcome(id = "put, got 7, left", expect = ACCEPTABLE, desc = "it is taken")
    @Outcome(id = "put, none, left 7", expect = ACCEPTABLE, desc = "it came too late")
    @Outcome(expect = FORBIDDEN, desc = "it is lost, taken twice, or torn")
    @State
    public static class PutAgainstTake extends Both {
        public PutAgainstTake() {
            super(2);
        }

        @Actor
        public void producer(LLL_Result r) {
            r.r1 = one.put(7);
        }

        @Actor
        public void consumer(LLL_Result r) {
            r.r2 = other.take();
        }

        @Arbiter
        public void end(LLL_Result r) {
            r.r3 = one.left();
        }
    }

    /// Two put at the same time.
    @JCStressTest
    @Outcome(
            id = {"put, put, left 1 2", "put, put, left 2 1"},
            expect = ACCEPTABLE,
            desc = "one behind the other")
    @Outcome(expect = FORBIDDEN, desc = "one is lost, or room is")
    @State
    public static class PutAgainstPut extends Both {
        public PutAgainstPut() {
            super(2);
        }

        @Actor
        public void first(LLL_Result r) {
            r.r1 = one.put(1);
        }

        @Actor
        public void second(LLL_Result r) {
            r.r2 = other.put(2);
        }

        @Arbiter
        public void end(LLL_Result r) {
            r.r3 = one.left();
        }
    }

    /// Two want the item that is there.
    @JCStressTest
    @Outcome(
            id = {"got 7, none, left", "none, got 7, left"},
            expect = ACCEPTABLE,
            desc = "one of them has it")
    @Outcome(expect = FORBIDDEN, desc = "both have it, or nobody")
    @State
    public static class TakeAgainstTake extends Both {
        public TakeAgainstTake() {
            super(2);
            one.put(7);
        }

        @Actor
        public void first(LLL_Result r) {
            r.r1 = one.take();
        }

        @Actor
        public void second(LLL_Result r) {
            r.r2 = other.take();
        }

        @Arbiter
        public void end(LLL_Result r) {
            r.r3 = one.left();
        }
    }

    /// The only slot becomes free while somebody wants it: the next item is written where the last one is read.
    @JCStressTest
    @Outcome(id = "got 1, put, left 2", expect = ACCEPTABLE, desc = "it was free in time")
    @Outcome(id = "got 1, full, left", expect = ACCEPTABLE, desc = "it was not")
    @Outcome(expect = FORBIDDEN, desc = "the new item is in the old one, or one is lost")
    @State
    public static class DoneAgainstPut extends Both {
        public DoneAgainstPut() {
            super(1);
            one.put(1);
        }

        @Actor
        public void consumer(LLL_Result r) {
            r.r1 = one.take();
        }

        @Actor
        public void producer(LLL_Result r) {
            r.r2 = other.put(2);
        }

        @Arbiter
        public void end(LLL_Result r) {
            r.r3 = one.left();
        }
    }

    /// A taken item is given back while another process looks for such.
    @JCStressTest
    @Outcome(id = "given, got 7, none", expect = ACCEPTABLE, desc = "it goes to the other")
    @Outcome(id = "given, none, got 7", expect = ACCEPTABLE, desc = "it goes to whoever comes later")
    @Outcome(expect = FORBIDDEN, desc = "it is lost, or goes to two")
    @State
    public static class ReturnAgainstTake extends Both {
        private final long slot;

        public ReturnAgainstTake() {
            super(2);
            slot = one.lease(7);
        }

        @Actor
        public void holder(LLL_Result r) {
            one.giveBack(slot);
            r.r1 = "given";
        }

        @Actor
        public void consumer(LLL_Result r) {
            r.r2 = other.takeReturned();
        }

        @Arbiter
        public void later(LLL_Result r) {
            r.r3 = one.takeReturned();
        }
    }

    /// A producer goes on after it was stopped for long, while it is passed.
    @JCStressTest
    @Outcome(id = "put, false, left 7", expect = ACCEPTABLE, desc = "it was in time")
    @Outcome(id = "passed, true, left", expect = ACCEPTABLE, desc = "it has to put again")
    @Outcome(expect = FORBIDDEN, desc = "an item that was put and passed, or neither")
    @State
    public static class CommitAgainstStall extends Both {
        private final long position;

        public CommitAgainstStall() {
            super(2);
            position = one.begin(7);
        }

        @Actor
        public void producer(LLL_Result r) {
            r.r1 = one.ring.commit(position) ? "put" : "passed";
        }

        @Actor
        public void passer(LLL_Result r) {
            long seen = other.ring.pending();
            r.r2 = seen != 0 && other.ring.stall(seen);
        }

        @Arbiter
        public void end(LLL_Result r) {
            r.r3 = one.left();
        }
    }

    /// Two find the slot of one who died before it had put; its room comes back once.
    @JCStressTest
    @Outcome(id = "none, none, full", expect = ACCEPTABLE, desc = "there is room for one")
    @Outcome(expect = FORBIDDEN, desc = "there is more room than slots, or none")
    @State
    public static class ClaimOfTheDead extends Both {
        public ClaimOfTheDead() {
            super(1);
            dead(1).begin(7);
        }

        @Actor
        public void first(LLL_Result r) {
            r.r1 = one.take();
        }

        @Actor
        public void second(LLL_Result r) {
            r.r2 = other.take();
        }

        @Arbiter
        public void end(LLL_Result r) {
            boolean room = one.put(1).equals("put");
            r.r3 = room && one.slots.mayReserve() ? "too much" : room ? "full" : "too little";
        }
    }

    /// Two sweep what a dead one had taken.
    @JCStressTest
    @Outcome(
            id = {"1, 0, 1", "0, 1, 1"},
            expect = ACCEPTABLE,
            desc = "it is given back once")
    @Outcome(expect = FORBIDDEN, desc = "it is given back twice, or lost")
    @State
    public static class SweepAgainstSweep extends Both {
        public SweepAgainstSweep() {
            super(2);
            dead(2).lease(7);
        }

        @Actor
        public void first(III_Result r) {
            r.r1 = one.slots.releaseBuried(Integer.MAX_VALUE);
        }

        @Actor
        public void second(III_Result r) {
            r.r2 = other.slots.releaseBuried(Integer.MAX_VALUE);
        }

        @Arbiter
        public void end(III_Result r) {
            r.r3 = one.takeReturned().equals("got 7") && one.takeReturned().equals("none") ? 1 : 0;
        }
    }
}

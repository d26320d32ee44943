package dev.sluice.internal.shm;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/// Slots and blocks between two processes: what a namespace is made of.
public final class TableStress {
    private TableStress() {}

    /// One process's view of a table of one slot.
    static final class View {
        private static final int CONTROL = 0;
        private static final int BASE = 64;
        private static final int BLOCKS = 3; // one used, one being filled, one that was replaced
        private static final BlockTable.Shape SHAPE = new BlockTable.Shape(1, BLOCKS, Piece.VALUE_BYTES, 2);

        static {
            assert BASE + SHAPE.bytes() <= Piece.BYTES : SHAPE.bytes();
        }

        private final SharedFile file;
        final BlockTable table;

        View(SharedFile file, Piece piece) {
            this.file = file;
            this.table = new BlockTable(file, piece.at + CONTROL, piece.at + BASE, SHAPE);
        }

        int fill(int number) {
            int block = table.claim();
            file.memory().write(Piece.bytes(number), 0, table.contentOf(block), Piece.VALUE_BYTES);
            return block;
        }

        /// @return false if somebody else has changed something meanwhile
        boolean tryPut(int number) {
            return tryPut(table.settle(), number);
        }

        boolean tryPut(long settled, int number) {
            long word = table.slot(0);
            boolean used = BlockTable.stateOf(word) == BlockTable.USED;
            int block = fill(number);
            var place = new BlockTable.Place(0, used ? BlockTable.indexOf(word) : BlockTable.NONE);
            boolean put = table.put(settled, block, place, !used);
            if (!put) {
                table.giveBack(block);
            }
            return put;
        }

        void put(int number) {
            while (!tryPut(number)) {
                Thread.onSpinWait();
            }
        }

        String read() {
            byte[] bytes = new byte[Piece.VALUE_BYTES];
            while (true) {
                long word = table.slot(0);
                if (BlockTable.stateOf(word) != BlockTable.USED) {
                    return "none";
                }
                file.memory().read(table.contentOf(BlockTable.indexOf(word)), bytes, 0, bytes.length);
                if (table.isStill(0, word)) {
                    return Piece.word(bytes, bytes.length);
                }
            }
        }

        boolean tryRemove() {
            return table.remove(table.settle(), 0);
        }

        String end() {
            String violation = table.violation();
            return violation.isEmpty() ? read() + " of " + table.count() : violation;
        }
    }

    /// A table as two processes see it, with 1 in its slot.
    abstract static class Both {
        final Piece piece = new Piece();
        final View one = new View(Piece.ONE, piece);
        final View other = new View(Piece.OTHER, piece);

        Both() {
            one.put(1);
        }
    }

    /// A block is used again while it is read.
    @JCStressTest
    @Outcome(id = "whole", expect = ACCEPTABLE, desc = "each time what was in the slot")
    @Outcome(id = "torn", expect = FORBIDDEN, desc = "two values in one")
    @State
    public static class PutAgainstRead extends Both {
        private static final int TIMES = 24;

        @Actor
        public void writer() {
            for (int value = 2; value <= TIMES; value++) {
                one.put(value);
            }
        }

        @Actor
        public void reader(L_Result r) {
            r.r1 = "whole";
            for (int i = 0; i < TIMES; i++) {
                if (other.read().equals("torn")) {
                    r.r1 = "torn";
                }
            }
        }
    }

    /// Two decide a change from the same state.
    @JCStressTest
    @Outcome(id = "true, false, got 2 of 1", expect = ACCEPTABLE, desc = "the first one's is made")
    @Outcome(id = "false, true, got 3 of 1", expect = ACCEPTABLE, desc = "the second one's is made")
    @Outcome(expect = FORBIDDEN, desc = "both, or nobody's, or blocks are lost")
    @State
    public static class PutAgainstPut extends Both {
        private final long settled = one.table.settle();

        @Actor
        public void first(LLL_Result r) {
            r.r1 = one.tryPut(settled, 2);
        }

        @Actor
        public void second(LLL_Result r) {
            r.r2 = other.tryPut(settled, 3);
        }

        @Arbiter
        public void end(LLL_Result r) {
            r.r3 = one.end();
        }
    }

    /// What one puts another removes.
    @JCStressTest
    @Outcome(
            id = {"true, false, got 2 of 1", "true, true, none of 0", "true, true, got 2 of 1", "false, true, none of 0"
            },
            expect = ACCEPTABLE,
            desc = "one after the other")
    @Outcome(expect = FORBIDDEN, desc = "neither, or a wrong count, or blocks are lost")
    @State
    public static class PutAgainstRemove extends Both {
        @Actor
        public void writer(LLL_Result r) {
            r.r1 = one.tryPut(2);
        }

        @Actor
        public void remover(LLL_Result r) {
            r.r2 = other.tryRemove();
        }

        @Arbiter
        public void end(LLL_Result r) {
            r.r3 = one.end();
        }
    }

    /// Two help with a change whose maker died behind its decision, and one of them goes on.
    @JCStressTest
    @Outcome(id = "true, got 3 of 1", expect = ACCEPTABLE, desc = "it is made once")
    @Outcome(expect = FORBIDDEN, desc = "it is made twice, or late, or blocks are lost")
    @State
    public static class HelpAgainstHelp {
        // as BlockTable draws it: a put of version 1, and the words of its block
        private static final long DECIDED = 1L << 24 | 1L << 22;
        private static final int ADDED = 16;

        private final Piece piece = new Piece();
        private final View one = new View(Piece.ONE, piece);
        private final View other = new View(Piece.OTHER, piece);

        public HelpAgainstHelp() {
            int block = new View(Piece.DEAD, piece).fill(2);
            long at = one.table.contentOf(block) - BlockTable.HEADER;
            Piece.memory().putInt(at + ADDED, 1);
            Piece.memory().putLong(piece.at, DECIDED | block);
        }

        @Actor
        public void helper() {
            one.table.settle();
        }

        @Actor
        public void writer(LL_Result r) {
            r.r1 = other.tryPut(3);
        }

        @Arbiter
        public void end(LL_Result r) {
            r.r2 = one.end();
        }
    }
}

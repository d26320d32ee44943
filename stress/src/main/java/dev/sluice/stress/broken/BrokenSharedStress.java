package dev.sluice.stress.broken;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/// A word and the bytes behind it, in memory, with the mistakes that one makes with them.
public final class BrokenSharedStress {
    private BrokenSharedStress() {}

    /// The word, and a message of two numbers.
    abstract static class Words {
        private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();
        private static final int FIRST = 64;
        private static final int SECOND = 192;
        private static final int BYTES = 256;

        private final MemorySegment memory = Arena.ofAuto().allocate(BYTES, Long.BYTES);

        final long word() {
            return (long) LONG.getAcquire(memory, 0L); // pairs with itself
        }

        final void word(long value) {
            LONG.setVolatile(memory, 0L, value); // pairs with the read above
        }

        final void write(long value) {
            LONG.setOpaque(memory, (long) FIRST, value);
            LONG.setOpaque(memory, (long) SECOND, value);
        }

        final String read() {
            long first = (long) LONG.getOpaque(memory, (long) FIRST);
            long second = (long) LONG.getOpaque(memory, (long) SECOND);
            return first == second ? "whole" : "torn";
        }
    }

    /// A message is announced before it is written.
    @JCStressTest
    @Outcome(
            id = {"none", "whole"},
            expect = ACCEPTABLE,
            desc = "all of the message, or nothing")
    @Outcome(id = "torn", expect = FORBIDDEN, desc = "half a message")
    @State
    public static class AnnouncedTooEarly extends Words {
        @Actor
        public void sender() {
            word(1);
            write(7);
        }

        @Actor
        public void receiver(L_Result r) {
            r.r1 = word() == 0 ? "none" : read();
        }
    }

    /// Who takes an item looks, and then says so: two steps instead of a compare-and-set.
    @JCStressTest
    @Outcome(
            id = {"taken, none", "none, taken"},
            expect = ACCEPTABLE,
            desc = "one of them has it")
    @Outcome(id = "taken, taken", expect = FORBIDDEN, desc = "both have it")
    @State
    public static class TakenInTwoSteps extends Words {
        private String take() {
            if (word() != 0) {
                return "none";
            }
            word(1);
            return "taken";
        }

        @Actor
        public void first(LL_Result r) {
            r.r1 = take();
        }

        @Actor
        public void second(LL_Result r) {
            r.r2 = take();
        }
    }

    /// A reader takes the copy of the version that it has seen, and does not look again.
    @JCStressTest
    @Outcome(id = "whole", expect = ACCEPTABLE, desc = "one value")
    @Outcome(id = "torn", expect = FORBIDDEN, desc = "two values in one")
    @State
    public static class ReadOnce extends Words {
        @Actor
        public void writer() {
            word(1);
            write(7);
            word(2);
        }

        @Actor
        public void reader(L_Result r) {
            long version = word();
            r.r1 = version == 1 ? "whole" : read();
        }
    }
}

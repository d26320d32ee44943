package dev.sluice.internal.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// `linux/futex.h`: sleeping until somebody says that a word of memory has changed. The words lie in mapped
/// files, so processes wake each other.
///
/// The waits block their thread: never on a loop, and never in a virtual thread, whose carrier they would hold.
public final class Futex {
    /// How many words one thread can wait for at once.
    public static final int MOST_WORDS = 128;

    private static final int FUTEX_WAIT = 0;
    private static final int FUTEX_WAKE = 1;
    private static final int FUTEX2_SIZE_U32 = 2;
    private static final int CLOCK_MONOTONIC = 1;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private Futex() {}

    /// Sleeps while the word at `address` has the value `expected`.
    ///
    /// @param timeoutNanos how long at most, at least 0
    /// @return 0 when woken; `-EAGAIN` if the word had another value, `-ETIMEDOUT`, `-EINTR`
    public static int await(CallState state, long address, int expected, long timeoutNanos) {
        state.scratch.set(JAVA_LONG, 0, timeoutNanos / NANOS_PER_SECOND);
        state.scratch.set(JAVA_LONG, Long.BYTES, timeoutNanos % NANOS_PER_SECOND);
        return (int) Native.call(state, SystemCall.FUTEX, address, FUTEX_WAIT, expected, state.scratchAddress(), 0, 0);
    }

    /// Wakes those who sleep at a word.
    ///
    /// @param most how many
    /// @return how many were woken, or the negated `errno`
    public static int wake(CallState state, long address, int most) {
        return Native.call(state, SystemCall.FUTEX, address, FUTEX_WAKE, most);
    }

    /// A list of words to sleep at. One thread uses it.
    ///
    /// An element is a `struct futex_waitv`:
    ///
    ///     0     8         16      20         24
    ///     | val | uaddr   | flags | reserved |
    public static final class Words {
        private static final int BYTES = 24;
        private static final int ADDRESS = 8;
        private static final int FLAGS = 16;
        private static final int RESERVED = 20;

        // The garbage collector's, as that of CallState.
        private final MemorySegment list = Arena.ofAuto().allocate((long) MOST_WORDS * BYTES, Long.BYTES);
        private int size;

        /// Forgets all words.
        public void clear() {
            size = 0;
        }

        public boolean hasRoom() {
            return size < MOST_WORDS;
        }

        /// Adds a word and the value that it must have for the sleep to begin; at most [#MOST_WORDS].
        public void add(long address, int expected) {
            long at = (long) size * BYTES;
            list.set(JAVA_LONG, at, expected & 0xffff_ffffL);
            list.set(JAVA_LONG, at + ADDRESS, address);
            list.set(JAVA_INT, at + FLAGS, FUTEX2_SIZE_U32);
            list.set(JAVA_INT, at + RESERVED, 0);
            size++;
        }

        /// Sleeps until one of the words is woken.
        ///
        /// @param deadlineNanos when to end at the latest, by `CLOCK_MONOTONIC`
        /// @return the index of a word that was woken; `-EAGAIN` if one had another value, `-ETIMEDOUT`,
        ///     `-EINTR`, `-ENOSYS` before Linux 5.16
        public int await(CallState state, long deadlineNanos) {
            state.scratch.set(JAVA_LONG, 0, deadlineNanos / NANOS_PER_SECOND);
            state.scratch.set(JAVA_LONG, Long.BYTES, deadlineNanos % NANOS_PER_SECOND);
            return (int) Native.call(
                    state, SystemCall.FUTEX_WAITV, list.address(), size, 0, state.scratchAddress(), CLOCK_MONOTONIC, 0);
        }
    }
}

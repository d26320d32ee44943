package dev.sluice.internal.ranks;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.function.LongPredicate;

/// Who is in a group of ranks, and what has failed in it.
///
///     0                128 n          128 n + 16 × 1024
///     | ranks: 128 each | epochs: 16 each |
///
///     a rank:    0      8       16    64     68    128
///                | word | doing | …   | bell | …   |
///     its word:  63…32 state | 31…0 stamp of who has joined
///
///     ABSENT ──join──▶ JOINED ──leave──▶ LEFT
///                        └────death───▶ DIED
///
///     an epoch:  0         8         16
///                | failure | arrived |
///     failure:   0 (none) | 23…16 how + 1 | 15…8 rank | 7…0 its operation
///     arrived:   63 decided | 62…0 the ranks that go on
///
/// The first epoch's members are all ranks. When one of them fails, the epoch has a *failure*, which is the
/// same for all who look, and nothing is done in it any more. Those who want to go on arrive; when nobody is
/// missing but those that have gone, somebody decides, and the ranks of that word are the members of the next
/// epoch.
///
/// Invariants: a failure is set once, and a decision is made once. Each is one compare-and-set, so whoever is
/// killed has done all of it or nothing.
///
/// Threads: any, in all processes.
public final class Board {
    /// The most ranks: the bits of a decision.
    public static final int MOST_RANKS = 63;

    /// How often a group can begin anew.
    public static final int MOST_EPOCHS = 1024;

    /// The states of a rank.
    public static final int ABSENT = 0;

    /// It takes part.
    public static final int JOINED = 1;

    /// It has ended in order.
    public static final int LEFT = 2;

    /// It was killed, or lost.
    public static final int DIED = 3;

    /// How a rank failed that was killed; the other numbers are its user's.
    public static final int KILLED = 0;

    private static final int RANK_BYTES = 128;
    private static final int DOING = 8;
    private static final int BELL = 64;
    private static final int EPOCH_BYTES = 16;
    private static final int ARRIVED = 8;
    private static final int STATE_SHIFT = 32;
    private static final long STAMP = (1L << STATE_SHIFT) - 1;
    private static final long DECIDED = 1L << 63;

    private static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final ByteBuffer memory;
    private final int size;

    /// A failure of an epoch.
    ///
    /// @param rank whose it is
    /// @param how the number of how it ended
    /// @param operation the number of what it was doing
    public record Failure(int rank, int how, int operation) {
        private static final int RANK_SHIFT = 8;
        private static final int HOW_SHIFT = 16;
        private static final int BYTE = 0xff;

        long word() {
            return (long) (how + 1) << HOW_SHIFT | (long) rank << RANK_SHIFT | operation;
        }

        static Optional<Failure> of(long word) {
            return word == 0
                    ? Optional.empty()
                    : Optional.of(new Failure(
                            (int) (word >>> RANK_SHIFT) & BYTE, (int) (word >>> HOW_SHIFT) - 1, (int) word & BYTE));
        }
    }

    /// @param memory as many [#bytes] as so many ranks need, all zero for a new one, outside of the heap
    public Board(ByteBuffer memory, int size) {
        assert memory.isDirect() && memory.capacity() >= bytes(size) : memory;
        this.memory = memory;
        this.size = requireSize(size);
    }

    /// How large a board is.
    ///
    /// @throws IllegalArgumentException if there are too few or too many ranks
    public static int bytes(int size) {
        return requireSize(size) * RANK_BYTES + MOST_EPOCHS * EPOCH_BYTES;
    }

    /// Where in the board the word is by which a rank is woken.
    public static int bell(int rank) {
        return rank * RANK_BYTES + BELL;
    }

    private static int requireSize(int size) {
        if (size < 1 || size > MOST_RANKS) {
            throw new IllegalArgumentException("group of ranks: size=" + size + ", expected 1.." + MOST_RANKS);
        }
        return size;
    }

    // ---- ranks

    private long word(int rank) {
        return (long) LONG.getVolatile(memory, rank * RANK_BYTES); // pairs with the compare-and-set in replace
    }

    private boolean replace(int rank, long now, long next) {
        return LONG.compareAndSet(memory, rank * RANK_BYTES, now, next); // pairs with the getVolatile in word
    }

    /// How a rank is: [#ABSENT], [#JOINED], [#LEFT] or [#DIED].
    public int state(int rank) {
        return (int) (word(rank) >>> STATE_SHIFT);
    }

    /// Takes the place of a rank that nobody has taken yet.
    public boolean join(int rank, int stamp) {
        return replace(rank, (long) ABSENT << STATE_SHIFT, (long) JOINED << STATE_SHIFT | stamp);
    }

    /// Whether all are there, or have been.
    public boolean complete() {
        for (int rank = 0; rank < size; rank++) {
            if (state(rank) == ABSENT) {
                return false;
            }
        }
        return true;
    }

    /// Whether so many as one rank is in a state.
    public boolean any(int state) {
        for (int rank = 0; rank < size; rank++) {
            if (state(rank) == state) {
                return true;
            }
        }
        return false;
    }

    /// A rank ends in order.
    public void leave(int rank) {
        replace(rank, word(rank), (long) LEFT << STATE_SHIFT);
    }

    /// A rank has died, or will never come: all epochs that it is a member of fail.
    ///
    /// @param how the number of how it ended
    /// @return whether anybody waits for it in vain
    public boolean die(int rank, int how) {
        long now = word(rank);
        return (now >>> STATE_SHIFT == JOINED || now >>> STATE_SHIFT == ABSENT) && die(rank, now, how);
    }

    /// Those whose stamps say that they have died.
    ///
    /// A rank that ends in order has left before its stamp is dead, so who is still joined afterwards has died.
    ///
    /// @param dead about a stamp
    /// @return whether there were any
    public boolean bury(LongPredicate dead, int how) {
        boolean any = false;
        for (int rank = 0; rank < size; rank++) {
            long now = word(rank);
            if (now >>> STATE_SHIFT == JOINED && dead.test(now & STAMP) && word(rank) == now) {
                any |= die(rank, now, how);
            }
        }
        return any;
    }

    /// The epochs fail first: who is killed between leaves a rank that is still to be buried.
    private boolean die(int rank, long now, int how) {
        var failure = new Failure(rank, how, doing(rank));
        for (int epoch = 0; epoch < MOST_EPOCHS && (epoch == 0 || decided(epoch - 1)); epoch++) {
            if (isMember(epoch, rank)) {
                fail(epoch, failure);
            }
        }
        return replace(rank, now, (long) DIED << STATE_SHIFT);
    }

    /// Says what a rank does, for those who outlive it.
    public void doing(int rank, int operation) {
        LONG.setOpaque(memory, rank * RANK_BYTES + DOING, (long) operation); // pairs with the read in doing
    }

    private int doing(int rank) {
        return (int) (long) LONG.getOpaque(memory, rank * RANK_BYTES + DOING); // pairs with the write in doing
    }

    // ---- epochs

    private int at(int epoch) {
        assert epoch >= 0 && epoch < MOST_EPOCHS : epoch;
        return size * RANK_BYTES + epoch * EPOCH_BYTES;
    }

    private boolean isMember(int epoch, int rank) {
        return epoch == 0 || (members(epoch) & 1L << rank) != 0;
    }

    /// The members of an epoch, a bit each; the epoch before is decided.
    public long members(int epoch) {
        return epoch == 0 ? (1L << size) - 1 : arrived(epoch - 1) & ~DECIDED;
    }

    /// What has failed in an epoch.
    public Optional<Failure> failure(int epoch) {
        return Failure.of((long) LONG.getVolatile(memory, at(epoch))); // pairs with the compare-and-set in fail
    }

    /// Whether something has failed in an epoch.
    public boolean failed(int epoch) {
        return (long) LONG.getAcquire(memory, at(epoch)) != 0; // pairs with the compare-and-set in fail
    }

    /// Says what has failed, unless something else has before.
    public boolean fail(int epoch, Failure failure) {
        return LONG.compareAndSet(memory, at(epoch), 0L, failure.word()); // pairs with the reads in failure and failed
    }

    private long arrived(int epoch) {
        return (long) LONG.getVolatile(memory, at(epoch) + ARRIVED); // pairs with the compare-and-sets below
    }

    /// Whether it is said who goes on from an epoch.
    public boolean decided(int epoch) {
        return (arrived(epoch) & DECIDED) != 0;
    }

    /// A member of a failed epoch wants to go on.
    public void arrive(int epoch, int rank) {
        for (long now = arrived(epoch); (now & DECIDED) == 0; now = arrived(epoch)) {
            // Pairs with the reads in arrived.
            if (LONG.compareAndSet(memory, at(epoch) + ARRIVED, now, now | 1L << rank)) {
                return;
            }
        }
    }

    /// It does not, after all.
    ///
    /// @return false if it is too late to say so
    public boolean withdraw(int epoch, int rank) {
        for (long now = arrived(epoch); (now & DECIDED) == 0; now = arrived(epoch)) {
            // Pairs with the reads in arrived.
            if (LONG.compareAndSet(memory, at(epoch) + ARRIVED, now, now & ~(1L << rank))) {
                return true;
            }
        }
        return false;
    }

    /// Decides who goes on, if nobody is missing but those that have gone.
    ///
    /// @return whether it is decided
    public boolean decide(int epoch) {
        while (true) {
            long now = arrived(epoch);
            if ((now & DECIDED) != 0) {
                return true;
            }
            long gone = gone();
            long here = now & ~gone;
            if (here == 0 || (members(epoch) & ~(now | gone)) != 0) {
                return false;
            }
            // Pairs with the reads in arrived.
            if (LONG.compareAndSet(memory, at(epoch) + ARRIVED, now, here | DECIDED)) {
                return true;
            }
        }
    }

    private long gone() {
        long gone = 0;
        for (int rank = 0; rank < size; rank++) {
            if (state(rank) > JOINED) {
                gone |= 1L << rank;
            }
        }
        return gone;
    }
}

package dev.sluice.internal.ranks;

import dev.sluice.internal.strand.Strand;
import dev.sluice.space.SpaceException;
import dev.sluice.space.SpaceException.Problem;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// A rank that is a task or a thread of this process.
///
/// Threads: as [Wiring].
public final class LocalWiring implements Wiring {
    private static final ConcurrentMap<String, Hall> NAMED = new ConcurrentHashMap<>();

    private final Hall hall;
    private final int rank;

    /// What the ranks of one group have in common. The rings are made when they are needed.
    ///
    /// Threads: any.
    public static final class Hall {
        private final String name;
        private final int size;
        private final int ringBytes;
        private final Board board;
        private final AtomicReferenceArray<@Nullable ByteRing> rings;
        private final AtomicReferenceArray<@Nullable Wait> waits;

        /// @param name for messages
        public Hall(String name, int size, int ringBytes) {
            this.name = name;
            this.size = size;
            this.ringBytes = ringBytes;
            this.board = new Board(ByteBuffer.allocateDirect(Board.bytes(size)), size);
            this.rings = new AtomicReferenceArray<>(size * size);
            this.waits = new AtomicReferenceArray<>(size);
        }

        ByteRing ring(int from, int to) {
            int pair = from * size + to;
            ByteRing known = rings.get(pair); // pairs with the compare-and-set below
            if (known != null) {
                return known;
            }
            var made = new ByteRing(ByteBuffer.allocateDirect(ByteRing.HEADER_BYTES + ringBytes));
            // Pairs with the get above: both ends use the one that was first.
            ByteRing other = rings.compareAndExchange(pair, null, made);
            return other != null ? other : made;
        }

        void wake(int rank) {
            // Volatile, behind the change that is rung for: pairs with the set in await, which looks again
            // behind it.
            Wait wait = waits.get(rank);
            if (wait != null && waits.compareAndSet(rank, wait, null)) { // one wakes it; pairs with itself
                wait.strand.tryResume(wait.token);
            }
        }

        /// Takes the place of a rank.
        ///
        /// @throws SpaceException `BUSY` if somebody has it, or the group is ending
        public LocalWiring seat(int rank) {
            if (board.any(Board.LEFT) || board.any(Board.DIED) || !board.join(rank, 0)) {
                throw new SpaceException(
                        Problem.BUSY,
                        "join ranks " + name + ": rank=" + rank + ", expected one that nobody has taken, of a group"
                                + " that has not begun to end");
            }
            return new LocalWiring(this, rank);
        }

        /// Says that a rank will never come, or come back.
        public void lose(int rank, int how) {
            board.die(rank, how);
            for (int other = 0; other < size; other++) {
                wake(other);
            }
        }
    }

    private record Wait(Strand strand, long token) {}

    private LocalWiring(Hall hall, int rank) {
        this.hall = hall;
        this.rank = rank;
    }

    /// Takes a place in a group of this process that has a name.
    ///
    /// @throws SpaceException `BUSY` as [Hall#seat]; `MISMATCH` if the group has another size
    public static LocalWiring join(String name, int rank, int size, int ringBytes) {
        while (true) {
            Hall hall = NAMED.computeIfAbsent(name, _ -> new Hall("local:" + name, size, ringBytes));
            if (!hall.board.any(Board.JOINED) && (hall.board.any(Board.LEFT) || hall.board.any(Board.DIED))) {
                NAMED.remove(name, hall); // nobody is left in it
                continue;
            }
            if (hall.size != size) {
                throw new SpaceException(
                        Problem.MISMATCH,
                        "join ranks local:" + name + ": size=" + size + ", expected " + hall.size
                                + " as others have said");
            }
            return hall.seat(rank);
        }
    }

    @Override
    public String name() {
        return hall.name;
    }

    @Override
    public int rank() {
        return rank;
    }

    @Override
    public int size() {
        return hall.size;
    }

    @Override
    public boolean isWatched() {
        return false;
    }

    @Override
    public Board board() {
        return hall.board;
    }

    @Override
    public ByteRing to(int other) {
        return hall.ring(rank, other);
    }

    @Override
    public ByteRing from(int other) {
        return hall.ring(other, rank);
    }

    @Override
    public void await(BooleanSupplier open, Object blocker) {
        Strand self = Strand.current();
        var wait = new Wait(self, self.begin(blocker));
        hall.waits.set(rank, wait); // pairs with the get in wake: who changes something after our look sees the wait
        boolean needless = open.getAsBoolean();
        if (needless && hall.waits.compareAndSet(rank, wait, null)) { // pairs with the one in wake: nobody will resume
            self.abandon(wait.token);
            return;
        }
        if (!self.await(wait.token)) {
            hall.waits.compareAndSet(rank, wait, null); // pairs with the one in wake
            throw self.cancelledException();
        }
    }

    @Override
    public void wake(int other) {
        hall.wake(other);
    }

    @Override
    public void release() {
        if (!hall.board.any(Board.JOINED)) {
            NAMED.values().remove(hall);
        }
    }
}

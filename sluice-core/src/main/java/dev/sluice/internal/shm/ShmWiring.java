package dev.sluice.internal.shm;

import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.FileLock;
import dev.sluice.internal.ranks.Board;
import dev.sluice.internal.ranks.ByteRing;
import dev.sluice.internal.ranks.Wiring;
import dev.sluice.space.SpaceException;
import dev.sluice.space.SpaceException.Problem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/// A rank that is a process, or one who watches over a group of them.
///
///     | board | ring 0 → 1 | ring 0 → 2 | … | ring 1 → 0 | …
///
/// at the file's body. A rank's word carries the stamp of its participant, so that who dies is buried by the
/// others. Whoever leaves last takes the name from the file, and whoever finds a group in which nobody is left
/// makes a new one.
///
/// A group that was made by a watcher is *watched*: it is there once, until the watcher has its space removed,
/// so whoever comes after others have ended still joins that one, and finds out. Else it would wait in a new
/// one for those who will not come.
///
/// Threads: as [Wiring].
public final class ShmWiring implements Wiring, SharedObject, WaitThread.Chores {
    /// The rank of one who only watches, and was the first to come.
    public static final int WATCHER = -1;

    private static final int PARTICIPANTS = 128; // ranks, watchers, and those who are refused
    private static final int TRIES = 1000;
    private static final int WATCHED = 1; // p2 of the limits
    private static final SharedFile.Layout LAYOUT = (SharedFile.ZeroLayout) ShmWiring::bodyBytes;

    private final String space;
    private final SharedDirectory directory;
    private final SharedFile file;
    private final Place place;
    private final Board board;
    private final List<WaitPoint> bells = new ArrayList<>();
    private final AtomicBoolean closed = new AtomicBoolean(); // one closes; pairs with itself
    private volatile BooleanSupplier open = () -> true; // of the strand that waits; pairs with itself

    /// A place in a group.
    ///
    /// @param group the name in the space
    /// @param rank or [#WATCHER]
    /// @param ringBytes of a new group
    /// @param died the number that says how a killed rank ended
    public record Place(String group, int rank, int size, int ringBytes, int died) {}

    private static long bodyBytes(FileHeader.Limits limits) {
        long size = limits.p0();
        long ringBytes = limits.p1();
        if (size < 1 || size > Board.MOST_RANKS) {
            throw new IllegalArgumentException("ranks: size=" + size + ", expected 1.." + Board.MOST_RANKS);
        }
        if (ringBytes < ByteRing.LEAST || ringBytes > ByteRing.MOST || ringBytes % ByteRing.LEAST != 0) {
            throw new IllegalArgumentException("ranks: ringBytes=" + ringBytes + ", expected a multiple of "
                    + ByteRing.LEAST + " up to " + ByteRing.MOST);
        }
        return Board.bytes((int) size) + size * (size - 1) * (ByteRing.HEADER_BYTES + ringBytes);
    }

    private ShmWiring(String space, SharedDirectory directory, SharedFile file, Place place) {
        this.space = space;
        this.directory = directory;
        this.file = file;
        this.place = place;
        this.board = board(file);
        for (int rank = 0; rank < place.size; rank++) {
            bells.add(new WaitPoint(file, file.body() + Board.bell(rank), () -> open.getAsBoolean()));
        }
    }

    private static Board board(SharedFile file) {
        int size = (int) file.header().limits().p0();
        return new Board(file.memory().buffer(file.body(), Board.bytes(size)), size);
    }

    /// Takes a place, and makes the group if there is none, or one in which nobody is left.
    ///
    /// @param space the name of the space
    /// @throws SpaceException `BUSY` if somebody has the place, or the group is ending; `MISMATCH` if it has
    ///     another size; and as a space is opened
    public static ShmWiring join(String space, Place place) {
        ShmProvider.requireName("join ranks of shm:" + space, space);
        ShmProvider.requireName("join ranks of shm:" + space, place.group);
        SharedDirectory directory = null;
        try {
            directory = SharedDirectory.open(SharedDirectory.BASE, space);
            ShmWiring wiring = join(space, directory, place);
            directory = null; // the wiring's now
            return wiring;
        } catch (IOException e) {
            throw ShmProvider.failure(e);
        } finally {
            if (directory != null) {
                directory.close();
            }
        }
    }

    private static ShmWiring join(String space, SharedDirectory directory, Place place) throws IOException {
        var limits = new FileHeader.Limits(place.size, place.ringBytes, place.rank == WATCHER ? WATCHED : 0, 0);
        var request = new SharedFile.Request(FileHeader.Kind.RANKS, PARTICIPANTS, limits);
        for (int i = 0; i < TRIES; i++) {
            SharedFile file = SharedFile.open(directory, place.group, request, LAYOUT);
            Board board = board(file);
            boolean mine = true;
            try {
                file.join(at -> () -> bury(at, board(at), place.died));
                file.sweep();
                boolean ending = !isWatched(file) && (board.any(Board.LEFT) || board.any(Board.DIED));
                if (!ending || board.any(Board.JOINED)) {
                    take(file, board, place, ending);
                    var wiring = new ShmWiring(space, directory, file, place);
                    WaitThread.add(wiring);
                    mine = false;
                    return wiring;
                }
                retire(directory, place.group, file);
            } finally {
                if (mine) {
                    file.close();
                }
            }
        }
        throw new SharedFileException(
                SharedFileException.Problem.CROWDED,
                "join " + directory.pathOf(place.group) + ": retired " + TRIES + " times");
    }

    private static void take(SharedFile file, Board board, Place place, boolean ending) {
        int size = (int) file.header().limits().p0();
        if (size != place.size) {
            throw new SpaceException(
                    Problem.MISMATCH,
                    "join " + file.path() + ": size=" + place.size + ", expected " + size + " as others have said");
        }
        Steps.at("ranks.join");
        if (place.rank != WATCHER
                && (ending || !board.join(place.rank, file.participants().stamp()))) {
            throw new SpaceException(
                    Problem.BUSY,
                    "join " + file.path() + ": rank=" + place.rank + ", expected one that nobody has taken, of a group"
                            + " that has not begun to end");
        }
        Steps.at("ranks.joined");
    }

    /// Takes the files of a space away that a group has for itself. Who has them open goes on with them.
    public static void removeSpace(String space) {
        try (SharedDirectory directory = SharedDirectory.open(SharedDirectory.BASE, space)) {
            directory.removeAll();
        } catch (IOException e) {
            throw ShmProvider.failure(e);
        }
    }

    private static boolean bury(SharedFile file, Board board, int died) {
        return board.bury(stamp -> file.participants().buried((int) stamp), died);
    }

    private static void retire(SharedDirectory directory, String group, SharedFile file) throws IOException {
        CallState state = new CallState();
        if (FileLock.lock(state, file.descriptor(), 0) == 0) { // else somebody else is about to do it
            directory.removeIfSame(group, file.descriptor());
        }
    }

    @Override
    public String name() {
        return "shm:" + space + "/" + place.group;
    }

    @Override
    public int rank() {
        return place.rank;
    }

    @Override
    public int size() {
        return place.size;
    }

    @Override
    public boolean isWatched() {
        return isWatched(file);
    }

    private static boolean isWatched(SharedFile file) {
        return file.header().limits().p2() == WATCHED;
    }

    @Override
    public Board board() {
        return board;
    }

    @Override
    public ByteRing to(int rank) {
        return ring(place.rank, rank);
    }

    @Override
    public ByteRing from(int rank) {
        return ring(rank, place.rank);
    }

    private ByteRing ring(int from, int to) {
        assert from != to : "a ring from a rank to itself";
        long pair = (long) from * (place.size - 1) + (to < from ? to : to - 1);
        int bytes = ByteRing.HEADER_BYTES + (int) file.header().limits().p1();
        return new ByteRing(file.memory().buffer(file.body() + Board.bytes(place.size) + pair * bytes, bytes));
    }

    @Override
    public void await(BooleanSupplier now, Object blocker) {
        open = now;
        WaitPoint bell = bells.get(place.rank);
        bell.await(blocker);
    }

    @Override
    public void wake(int rank) {
        Steps.at("ranks.wake");
        bells.get(rank).ring();
    }

    /// Says that a rank will never come, or come back.
    public void lose(int rank, int how) {
        if (board.die(rank, how)) {
            wakeAll();
        }
    }

    @Override
    public long doChores() {
        if (file.sweep()) {
            wakeAll();
        }
        return WaitThread.TICK_NANOS;
    }

    @Override
    public SharedFile file() {
        return file;
    }

    @Override
    public void release() {
        close();
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) { // pairs with itself
            return;
        }
        bells.forEach(WaitPoint::wakeAll);
        WaitThread.remove(this, bells);
        try {
            if (!isWatched() && !board.any(Board.JOINED)) {
                retire(directory, place.group, file);
            }
        } catch (IOException e) {
            throw ShmProvider.failure(e);
        } finally {
            file.close();
            directory.close();
        }
    }

    @Override
    public String toString() {
        return "ranks " + file.path();
    }
}

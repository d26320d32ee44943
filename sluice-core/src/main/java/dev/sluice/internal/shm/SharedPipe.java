package dev.sluice.internal.shm;

import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.FileLock;
import dev.sluice.internal.linux.SharedMapping;
import dev.sluice.internal.strand.Strand;
import dev.sluice.space.SpaceException;
import dev.sluice.space.SpaceException.Problem;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// One end of a pipe between processes: two directions, and who holds the ends.
///
///     0         8          16      128     132     256             256 + direction
///     | end 0   | end 1    | (pad) | peers | (pad) | to the second | to the first
///
/// at the file's body. An end is a word: a state above the stamp of its holder.
///
///     NEVER ──open──▶ HELD ──────close─────▶ CLOSED
///                       └──death, or abort──▶ DIED
///
/// When both ends have gone, whoever opens the name takes it from the file and makes a new one: under the lock
/// of the file's first byte, so that nobody takes the name of a newer file.
///
/// Threads: any.
public final class SharedPipe implements SharedObject, WaitThread.Chores {
    private static final int PEERS = 128;
    private static final int FIRST_DIRECTION = 256;
    private static final int ENDS = 2;
    private static final int PARTICIPANTS = 8;
    private static final int TRIES = 1000;

    private static final int STATE_SHIFT = 32;
    private static final int NEVER = 0;
    private static final int HELD = 1;
    private static final int CLOSED = 2;
    private static final int DIED = 3;

    private static final SharedFile.Layout LAYOUT =
            (SharedFile.ZeroLayout) limits -> FIRST_DIRECTION + ENDS * directionBytes(limits.p0());

    private final SharedFile file;
    private final SharedMapping memory;
    private final Participants participants;
    private final int bytes;
    private final int end;
    private final PipeRing in;
    private final PipeRing out;
    private final WaitPoint peers;

    /// Set before the file is left, by whoever leaves it; pairs with the reads in requireOpen.
    private final AtomicBoolean closed = new AtomicBoolean();

    private static long directionBytes(long bytes) {
        if (bytes < 1 << 10 || bytes > 1 << 30) {
            throw new IllegalArgumentException("pipe: bytes=" + bytes + ", expected 1024.." + (1 << 30));
        }
        return PipeRing.HEADER_BYTES + roomOf(bytes);
    }

    private static long roomOf(long bytes) {
        return (bytes + Byte.SIZE - 1) / Byte.SIZE * Byte.SIZE;
    }

    private SharedPipe(SharedFile file, int end) {
        this.file = file;
        this.memory = file.memory();
        this.participants = file.participants();
        this.bytes = (int) file.header().limits().p0();
        this.end = end;
        long body = file.body();
        long firstAt = body + FIRST_DIRECTION;
        PipeRing toSecond = new PipeRing(this, file, firstAt, roomOf(bytes));
        PipeRing toFirst = new PipeRing(this, file, firstAt + directionBytes(bytes), roomOf(bytes));
        this.in = end == 0 ? toFirst : toSecond;
        this.out = end == 0 ? toSecond : toFirst;
        this.peers = new WaitPoint(file, body + PEERS, () -> closed.get() || wasHeld());
    }

    /// Takes an end of a pipe, and makes the pipe if there is none, or one that both ends have left.
    ///
    /// @param bytes how much a direction of a new one holds
    /// @throws SharedFileException if it cannot be had; `CROWDED` if both ends are held
    public static SharedPipe open(SharedDirectory directory, String name, int bytes) throws IOException {
        var limits = new FileHeader.Limits(bytes, 0, 0, 0);
        var request = new SharedFile.Request(FileHeader.Kind.PIPE, PARTICIPANTS, limits);
        for (int i = 0; i < TRIES; i++) {
            SharedFile file = SharedFile.open(directory, name, request, LAYOUT);
            boolean mine = true;
            try {
                file.join(at -> () -> releaseBuried(at));
                file.sweep();
                int end = takeEnd(file);
                if (end >= 0) {
                    SharedPipe pipe = new SharedPipe(file, end);
                    WaitThread.add(pipe);
                    pipe.peers.ring();
                    mine = false; // the pipe's now
                    return pipe;
                }
                retire(directory, name, file);
            } finally {
                if (mine) {
                    file.close();
                }
            }
        }
        throw new SharedFileException(
                SharedFileException.Problem.CROWDED,
                "open " + directory.pathOf(name) + ": retired " + TRIES + " times");
    }

    /// @return the end, or a negative number if both have gone
    private static int takeEnd(SharedFile file) throws SharedFileException {
        boolean living = false;
        for (int end = 0; end < ENDS; end++) {
            Steps.at("pipe.take");
            long taken = (long) HELD << STATE_SHIFT | file.participants().stamp();
            if (file.memory().compareAndSetLong(at(file, end), NEVER, taken)) { // pairs with word
                Steps.at("pipe.taken");
                return end;
            }
            living |= isHeld(file, end);
        }
        if (living) {
            throw new SharedFileException(
                    SharedFileException.Problem.CROWDED,
                    "open " + file.path() + ": held=2, expected an end that nobody has taken");
        }
        return -1;
    }

    /// Whether an end has a living holder. One that died may be released by somebody else at this moment.
    private static boolean isHeld(SharedFile file, int end) {
        long word = word(file, end);
        return stateOf(word) == HELD && !file.participants().dead((int) word);
    }

    private static void retire(SharedDirectory directory, String name, SharedFile file) throws IOException {
        CallState state = new CallState();
        if (FileLock.lock(state, file.descriptor(), 0) == 0) { // else somebody else is about to do it
            Steps.at("pipe.retire");
            directory.removeIfSame(name, file.descriptor());
        }
    }

    private static void releaseBuried(SharedFile file) {
        for (int end = 0; end < ENDS; end++) {
            long word = word(file, end);
            if (stateOf(word) == HELD && file.participants().buried((int) word)) {
                Steps.at("pipe.release");
                file.memory().compareAndSetLong(at(file, end), word, (long) DIED << STATE_SHIFT); // pairs with word
            }
        }
    }

    private static long at(SharedFile file, int end) {
        return file.body() + (long) end * Long.BYTES;
    }

    private static long word(SharedFile file, int end) {
        return file.memory().getLongVolatile(at(file, end)); // pairs with the compare-and-sets of the ends
    }

    private static int stateOf(long word) {
        return (int) (word >>> STATE_SHIFT);
    }

    // ---- the ends

    /// 0 for who was first, 1 for the other.
    int end() {
        return end;
    }

    /// How much each direction holds.
    public int bytes() {
        return bytes;
    }

    PipeRing in() {
        return in;
    }

    PipeRing out() {
        return out;
    }

    /// A peer that closes has said so before its stamp is dead: who still holds its end afterwards has died.
    private int peerState() {
        long word = word(file, 1 - end);
        Steps.at("pipe.look");
        if (stateOf(word) != HELD || !participants.dead((int) word)) {
            return stateOf(word);
        }
        long after = word(file, 1 - end);
        return after == word ? DIED : stateOf(after);
    }

    /// Whether the other end is held at this moment.
    public boolean isConnected() {
        requireOpen("look at");
        return peerState() == HELD;
    }

    private boolean wasHeld() {
        return stateOf(word(file, 1 - end)) != NEVER;
    }

    /// Suspends until the other end has been taken.
    ///
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled
    public void awaitPeer() {
        Strand.current().checkpoint();
        requireOpen("await the other end of");
        while (!wasHeld()) {
            peers.await(this);
            requireOpen("await the other end of");
        }
        peers.passOn();
    }

    /// Whether the other end died, after all it had sent was received.
    boolean isPeerDead() {
        return !in.isFinished() && peerState() == DIED;
    }

    /// Whether who sends into a direction sends no more. Without a system call: deaths are learnt by sweeps.
    boolean isSenderEnded(PipeRing direction) {
        if (closed.get() || direction.isFinished()) {
            return true;
        }
        return stateOf(word(file, 1 - end)) > HELD;
    }

    /// Whether a message may still be sent. Without a system call.
    boolean isSendable() {
        return !closed.get() && !out.isFinished() && stateOf(word(file, 1 - end)) <= HELD;
    }

    /// @throws SpaceException why nothing can be sent
    void requireSendable() {
        requireOpen("send");
        if (out.isFinished()) {
            throw new SpaceException(Problem.FINISHED, "send " + this + ": this end has finished");
        }
        if (stateOf(word(file, 1 - end)) > HELD) {
            throw new SpaceException(Problem.PEER_GONE, "send " + this + ": the other end has gone");
        }
    }

    void requireOpen(String doing) {
        if (closed.get()) {
            throw closedException(doing);
        }
    }

    SpaceException closedException(String doing) {
        return new SpaceException(Problem.CLOSED, doing + " " + this + ": this end was closed");
    }

    boolean isClosed() {
        return closed.get();
    }

    @Override
    public long doChores() {
        if (file.sweep()) {
            ringAll();
        }
        return WaitThread.TICK_NANOS;
    }

    @Override
    public SharedFile file() {
        return file;
    }

    private void ringAll() {
        for (WaitPoint point : points()) {
            point.ring();
        }
    }

    private List<WaitPoint> points() {
        return List.of(in.notEmpty(), in.notFull(), out.notEmpty(), out.notFull(), peers);
    }

    /// Gives the end up.
    @Override
    public void close() {
        leave(CLOSED);
    }

    /// Gives the end up as if its holder had died.
    void abort() {
        leave(DIED);
    }

    private void leave(int state) {
        if (!closed.compareAndSet(false, true)) { // pairs with itself: once
            return;
        }
        List<WaitPoint> points = points();
        points.forEach(WaitPoint::wakeAll);
        WaitThread.remove(this, points);
        Steps.at("pipe.close");
        // Nobody else changes it while we live; pairs with word.
        memory.putLongVolatile(at(file, end), (long) state << STATE_SHIFT);
        Steps.at("pipe.closed");
        ringAll();
        file.close();
    }

    /// Ends as a killed process does; for tests.
    void abandon() {
        closed.set(true);
        WaitThread.remove(this, points());
        file.abandon();
    }

    @Override
    public String toString() {
        return "pipe " + file.path();
    }
}

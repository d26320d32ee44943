package dev.sluice.session;

import dev.sluice.internal.io.Room;
import dev.sluice.internal.io.Turn;
import dev.sluice.internal.strand.Completion;
import dev.sluice.io.StreamBusyException;
import dev.sluice.net.Address;
import dev.sluice.net.Connection;
import dev.sluice.net.NetException;
import dev.sluice.net.StreamAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// One stream of a session, as a connection.
///
/// Each direction ends by itself; a reset ends both, at once:
///
///     input    OPEN ──FIN from the peer──▶ FINISHED         bytes that came are read before the end shows
///     output   OPEN ──closeOutput────────▶ FINISHED
///     both     ANY ──RST, or the session failed──▶ RESET    ──close, abort──▶ CLOSED
///
/// A session that fails leaves a FINISHED input to its reader: nothing of it is missing. An RST does not.
///
/// Invariants: `unsent credit + bytes on their way or unread at the peer = its window`; the peer's credit and
/// what was not read, `input.count()`, are never more than our window. A stream that is CLOSED is not in the
/// session's map.
///
/// Threads: see [Connection]. The session's lock guards all that changes.
final class MuxStream implements Connection {
    private final Mux mux;
    final int id;
    private final Address local;
    private final Address remote;
    private final Turn reading = new Turn();
    private final Turn writing = new Turn();

    // Guarded by the session's lock.
    private final ByteQueue input = new ByteQueue();
    private int peerCredit = Frame.FIRST_WINDOW; // how much the peer may send
    private int read; // since the peer was given credit
    private long credit = Frame.FIRST_WINDOW; // how much we may send
    private long mostCredit = Frame.FIRST_WINDOW; // when all had been read
    private int flags; // SYN or ACK, of our first frame, until that is made
    private boolean inputFinished;
    private boolean outputFinished;
    private boolean closed;
    private @Nullable IOException reset; // why both directions have ended
    private long bytesRead;
    private long bytesWritten;
    private @Nullable Completion<Boolean> arrival; // what the reader waits for
    private @Nullable Completion<Boolean> allowance; // what a writer without credit waits for

    /// @param flags SYN for one that is opened here, ACK for one that the peer has opened
    MuxStream(Mux mux, int id, int flags, Connection lower) {
        this.mux = mux;
        this.id = id;
        this.flags = flags;
        this.local = new StreamAddress(id & 0xffff_ffffL, lower.local());
        this.remote = new StreamAddress(id & 0xffff_ffffL, lower.remote());
    }

    // ---- the session, under its lock

    /// Says that the stream is there, and what credit the peer has.
    void announce() {
        int more = mux.config().window() - Frame.FIRST_WINDOW;
        peerCredit += more;
        mux.output().put(Frame.WINDOW_UPDATE, takeFlags(), id, more);
    }

    private int takeFlags() {
        int once = flags;
        flags = 0;
        return once;
    }

    /// Data has come.
    ///
    /// @return how many bytes of it were taken now
    int received(ByteBuffer from, int most) {
        int count = Math.min(most, from.remaining());
        if (closed || reset != null) {
            from.position(from.position() + count); // nobody will read it
        } else {
            input.put(from, count);
            wakeReader();
        }
        return count;
    }

    /// A frame with so much data begins.
    ///
    /// @return false if the peer had no credit for it
    boolean spendPeerCredit(int bytes) {
        peerCredit -= bytes;
        return peerCredit >= 0;
    }

    boolean isInputFinished() {
        return inputFinished;
    }

    void finished() {
        inputFinished = reset == null; // a frame may have both flags
        wakeReader();
    }

    /// @return false if it is more credit than any window has
    boolean credited(int more) {
        credit += more & 0xffff_ffffL;
        mostCredit = Math.max(mostCredit, credit);
        wakeWriter();
        return credit <= 0xffff_ffffL;
    }

    /// The peer has ended both directions.
    void resetBy(IOException why) {
        inputFinished = false; // whatever came before
        lost(why);
    }

    /// The session has ended, and both directions with it.
    void lost(IOException why) {
        if (reset == null) {
            reset = why;
            if (!inputFinished) {
                input.clear();
            }
            wakeReader();
            wakeWriter();
        }
    }

    private void wakeReader() {
        Completion<Boolean> waiting = arrival;
        if (waiting != null) {
            arrival = null;
            waiting.complete(true);
        }
    }

    private void wakeWriter() {
        Completion<Boolean> waiting = allowance;
        if (waiting != null) {
            allowance = null;
            waiting.complete(true);
        }
    }

    // ---- users

    @Override
    public int read(ByteBuffer into) throws IOException {
        enter(reading, "read");
        try {
            while (Room.in(into, this)) {
                Completion<Boolean> wait;
                mux.lock().lock();
                try {
                    if (!inputFinished || closed) {
                        check("read");
                    }
                    int count = input.take(into);
                    if (count > 0) {
                        bytesRead += count;
                        giveCredit(count);
                        return count;
                    }
                    if (inputFinished) {
                        return -1;
                    }
                    wait = new Completion<>();
                    arrival = wait;
                } finally {
                    mux.lock().unlock();
                }
                wait.await(this);
            }
            return 0;
        } finally {
            reading.leave();
        }
    }

    /// Lets the peer send again what was read, when that is much: a frame for each read would be many.
    private void giveCredit(int count) {
        read += count;
        if (read >= mux.config().window() / 2 && !inputFinished) {
            mux.output().put(Frame.WINDOW_UPDATE, takeFlags(), id, read);
            peerCredit += read;
            read = 0;
        }
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        enter(writing, "write");
        try {
            do {
                Completion<Boolean> wait = null;
                mux.lock().lock();
                try {
                    check("write");
                    if (outputFinished) {
                        throw NetException.closed("write", this);
                    }
                    int count = put(from);
                    if (from.hasRemaining() && count == 0) {
                        wait = credit == 0 ? allowance() : mux.output().progress();
                    }
                } finally {
                    mux.lock().unlock();
                }
                if (wait != null) {
                    wait.await(this);
                }
            } while (from.hasRemaining());
        } finally {
            writing.leave();
        }
    }

    private int put(ByteBuffer from) {
        int most = (int) Math.min(credit, from.remaining());
        if (most == 0) {
            return 0;
        }
        int count = mux.output().putData(from, most, flags, id);
        if (count > 0) {
            flags = 0;
        }
        credit -= count;
        bytesWritten += count;
        return count;
    }

    private Completion<Boolean> allowance() {
        var wait = new Completion<Boolean>();
        allowance = wait;
        return wait;
    }

    @Override
    public void closeOutput() throws IOException {
        enter(writing, "close");
        try {
            mux.lock().lock();
            try {
                check("close");
                finishOutput();
            } finally {
                mux.lock().unlock();
            }
        } finally {
            writing.leave();
        }
    }

    private void finishOutput() {
        if (!outputFinished) {
            outputFinished = true;
            mux.output().put(Frame.WINDOW_UPDATE, takeFlags() | Frame.FIN, id, 0);
        }
    }

    @Override
    public void close() {
        end(false);
    }

    @Override
    public void abort() {
        end(true);
    }

    private void end(boolean drop) {
        mux.lock().lock();
        try {
            if (closed) {
                return;
            }
            if (reset == null) {
                if (drop || input.count() > 0) {
                    mux.output().put(Frame.WINDOW_UPDATE, takeFlags() | Frame.RST, id, 0);
                } else {
                    finishOutput(); // what the peer sends from now on is answered with a reset
                }
            }
            closed = true;
            input.clear();
            wakeReader();
            wakeWriter();
            mux.forget(this);
        } finally {
            mux.lock().unlock();
        }
    }

    private void enter(Turn turn, String operation) throws IOException {
        turn.enter(operation, this, StreamBusyException::new);
    }

    /// Under the lock.
    private void check(String operation) throws IOException {
        if (closed) {
            throw NetException.closed(operation, this);
        }
        if (reset != null) {
            NetException told = NetException.reset(operation, this);
            told.initCause(reset);
            throw told;
        }
    }

    @Override
    public Address local() {
        return local;
    }

    @Override
    public Address remote() {
        return remote;
    }

    /// What is pending is what the peer has not read, as far as it has told: it does so when that is half of its
    /// window. After a reset it stays what may be lost.
    @Override
    public Statistics statistics() {
        mux.lock().lock();
        try {
            return new Statistics(bytesRead, bytesWritten, mostCredit - credit);
        } finally {
            mux.lock().unlock();
        }
    }

    @Override
    public String toString() {
        return local.network() + " " + local.place() + "->" + remote.place();
    }
}

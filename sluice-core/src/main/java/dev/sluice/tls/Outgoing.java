package dev.sluice.tls;

import dev.sluice.cancel.CancelledException;
import dev.sluice.internal.strand.Completion;
import dev.sluice.net.Connection;
import dev.sluice.net.NetException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import org.jspecify.annotations.Nullable;

/// Encrypts what is written, and hands it to the connection below.
///
///     bytes ──wrap──▶ filling ──▶ sending ──write──▶ the connection below
///
/// *Who sends* is one at a time: the one who finds something to send and nobody at it. It sends until nothing
/// is left. If it is cancelled meanwhile, a coroutine of the loop goes on: what has been encrypted counts as
/// written, and cannot be taken back.
///
/// Invariants: `sending` is not null while somebody sends; that one alone touches the buffer. Records go out in
/// the order in which the engine made them: `wrap` happens under the lock, into `filling`.
///
/// Threads: any coroutine. `lock` guards the rest, and is never held over a suspension.
final class Outgoing {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final TlsStream owner;
    private final Connection lower;
    private final SSLEngine engine;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private @Nullable ByteBuffer filling;
    private @Nullable ByteBuffer sending;
    private boolean endsLower; // when all has been sent, the output below is ended
    private boolean over; // and has been
    private @Nullable IOException failure;
    private @Nullable Completion<Boolean> progress; // of those who wait for the one who sends

    private long bytesTaken; // the writer; read by anybody for statistics

    Outgoing(TlsStream owner, Connection lower, SSLEngine engine) {
        this.owner = owner;
        this.lower = lower;
        this.engine = engine;
    }

    /// Encrypts and sends. One writer at a time.
    void write(ByteBuffer from) throws IOException {
        do {
            boolean mine;
            Completion<Boolean> wait = null;
            lock.lock();
            try {
                check("write");
                int before = from.remaining();
                wrap(from);
                bytesTaken += before - from.remaining();
                mine = begin();
                if (!mine && from.hasRemaining()) {
                    wait = progress();
                }
            } finally {
                lock.unlock();
            }
            if (mine) {
                send();
            } else if (wait != null) {
                wait.await(owner);
            }
        } while (from.hasRemaining());
    }

    /// Makes the records that the engine wants to send by itself, and leaves them to the next [#flush].
    void prepare() throws IOException {
        lock.lock();
        try {
            wrapOwn();
        } finally {
            lock.unlock();
        }
    }

    /// Makes the records that the engine wants to send by itself, and sends all there is. For the handshake,
    /// which nothing else happens beside.
    void flush() throws IOException {
        boolean mine;
        do {
            lock.lock();
            try {
                wrapOwn();
                mine = begin();
            } finally {
                lock.unlock();
            }
            if (mine) {
                send();
            }
        } while (mine);
    }

    /// Makes the records that the engine wants to send by itself, and has them sent behind the scenes: the
    /// reader must not wait for the peer to read.
    ///
    /// @return null, or what to wait for before the engine can go on
    @Nullable Completion<Boolean> answer() {
        lock.lock();
        try {
            if (failure == null) {
                wrapOwn();
            }
            if (begin()) {
                sendBehind();
            }
            return failure == null && wants() ? progress() : null;
        } catch (IOException failed) {
            fail(failed);
            return null;
        } finally {
            lock.unlock();
        }
    }

    /// Says the end, and waits until everything has been sent.
    ///
    /// @param endsLower whether to end the output below as well
    void end(boolean endsLower) throws IOException {
        while (true) {
            boolean mine;
            Completion<Boolean> wait = null;
            lock.lock();
            try {
                check("close");
                engine.closeOutbound();
                this.endsLower |= endsLower;
                wrapOwn();
                mine = begin();
                if (!mine) {
                    if (sending == null) {
                        return;
                    }
                    wait = progress();
                }
            } finally {
                lock.unlock();
            }
            if (mine) {
                send();
            } else if (wait != null) {
                wait.await(owner);
            }
        }
    }

    /// Whether the end of the output has been said.
    boolean hasEnded() {
        return engine.isOutboundDone();
    }

    // ---- encrypting; under the lock

    /// The engine throws [javax.net.ssl.SSLException] here and below, also for what it has found before.
    private void wrap(ByteBuffer from) throws IOException {
        while (from.hasRemaining()) {
            ByteBuffer into = room();
            if (into == null) {
                return;
            }
            SSLEngineResult result = engine.wrap(from, into);
            switch (result.getStatus()) {
                case OK -> {
                    if (result.bytesConsumed() == 0 && result.bytesProduced() == 0) {
                        throw owner.negotiatesAgain("write");
                    }
                }
                case CLOSED -> throw NetException.closed("write", owner);
                default -> throw new IllegalStateException("wrap of " + owner + ": " + result);
            }
        }
    }

    /// Records that the engine wants to send by itself: of the handshake, new keys, alerts, the end.
    private void wrapOwn() throws IOException {
        while (wants()) {
            ByteBuffer into = room();
            if (into == null || engine.wrap(NOTHING, into).bytesProduced() == 0) {
                return;
            }
        }
    }

    private boolean wants() {
        return engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
    }

    private @Nullable ByteBuffer room() {
        ByteBuffer known = filling;
        if (known == null) {
            known = Packets.take();
            filling = known;
        }
        return known.remaining() >= Packets.RECORD_BYTES ? known : null;
    }

    // ---- sending

    /// Takes the turn to send, if there is something to do and nobody is at it. Under the lock.
    private boolean begin() {
        if (sending != null || failure != null) {
            return false;
        }
        if (!next()) {
            if (!mustEndLower()) {
                return false;
            }
            sending = NOTHING;
        }
        return true;
    }

    /// What was filled is to be sent next. Under the lock.
    private boolean next() {
        ByteBuffer full = filling;
        if (full == null) {
            return false;
        }
        filling = null;
        if (full.position() == 0) {
            Packets.give(full);
            return false;
        }
        sending = full.flip();
        return true;
    }

    private boolean mustEndLower() {
        return endsLower && !over;
    }

    /// What the one who sends does next.
    private enum Next {
        SEND,
        END_LOWER,
        STOP
    }

    /// Sends until nothing is left, by the one whose turn it is.
    private void send() throws IOException {
        try {
            Next next;
            do {
                ByteBuffer bytes = sending;
                assert bytes != null : this;
                if (bytes.hasRemaining()) {
                    lower.write(bytes);
                }
                next = goOn();
            } while (next == Next.SEND);
            if (next == Next.END_LOWER) {
                lower.closeOutput();
                ended();
            }
        } catch (CancelledException cancelled) {
            sendBehind();
            throw cancelled;
        } catch (IOException failed) {
            fail(failed);
            throw failed;
        } catch (Throwable defect) {
            fail(new IOException(defect));
            throw defect;
        }
    }

    private Next goOn() throws IOException {
        lock.lock();
        try {
            ByteBuffer sent = sending;
            if (sent != null && sent != NOTHING) {
                Packets.give(sent);
            }
            sending = null;
            wrapOwn();
            if (next()) {
                tellProgress();
                return Next.SEND;
            }
            if (mustEndLower()) {
                sending = NOTHING; // it stays this one's turn
                return Next.END_LOWER;
            }
            tellProgress();
            return Next.STOP;
        } finally {
            lock.unlock();
        }
    }

    private void ended() {
        lock.lock();
        try {
            over = true;
            sending = null;
            tellProgress();
        } finally {
            lock.unlock();
        }
    }

    /// Has what is left sent by a coroutine of the loop.
    private void sendBehind() {
        try {
            owner.launch("send " + owner, () -> {
                try {
                    send();
                } catch (IOException failed) {
                    assert failure != null; // told to the next who writes
                }
            });
        } catch (IllegalStateException loopsClosed) {
            fail(new IOException(loopsClosed));
        }
    }

    private void fail(IOException why) {
        lock.lock();
        try {
            if (failure == null) {
                failure = why;
            }
            sending = null; // for the garbage collector: who knows who still looks at it
            filling = null;
            tellProgress();
        } finally {
            lock.unlock();
        }
    }

    private void check(String operation) throws IOException {
        IOException known = failure;
        if (known == null) {
            return;
        }
        boolean peerGone = known instanceof NetException net && net.isPeerGone();
        IOException again = peerGone
                ? NetException.reset(operation, owner)
                : new TlsException(
                        operation, owner, TlsException.Problem.BROKEN_RECORD, "an earlier write failed: " + known);
        again.initCause(known);
        throw again;
    }

    private Completion<Boolean> progress() {
        Completion<Boolean> known = progress;
        if (known == null) {
            known = new Completion<>();
            progress = known;
        }
        return known;
    }

    private void tellProgress() {
        Completion<Boolean> waiting = progress;
        if (waiting != null) {
            progress = null;
            waiting.complete(true);
        }
    }

    // ---- for people

    long bytesTaken() {
        return bytesTaken;
    }

    /// How many encrypted bytes have not been handed to the connection below.
    long pending() {
        lock.lock();
        try {
            ByteBuffer one = sending;
            ByteBuffer other = filling;
            long sent = one == null ? 0 : one.remaining();
            return sent + (other == null ? 0 : other.position());
        } finally {
            lock.unlock();
        }
    }
}

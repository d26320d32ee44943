package dev.sluice.tls;

import dev.sluice.cancel.CancelledException;
import dev.sluice.internal.io.PromptTarget;
import dev.sluice.internal.strand.Completion;
import dev.sluice.net.Connection;
import dev.sluice.net.NetException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/// Has what is written encrypted, and hands it to the connection below.
///
///     bytes ──▶ records ──take──▶ sending ──write──▶ the connection below
///
/// *What is gathered.* A record costs as much as some kilobytes in it. So what a coroutine of the loop writes is
/// put into one record with what else is written before the next suspension, if it fits; and encrypted by who
/// comes first: a writer whose bytes do not fit, a reader before it waits, the end, who sends already, or a
/// coroutine that runs behind those that are ready now. A write that was alone the last time is not waited with.
/// Larger writes, and those from elsewhere, are encrypted at once, behind what was gathered.
///
/// *Who sends* is one at a time: the one who finds something to send and nobody at it. It sends until nothing
/// is left; a reader, as long as it need not wait. If it is cancelled meanwhile, a coroutine of the loop goes on:
/// what has been taken counts as written, and cannot be taken back. A failure that no writer sees is told to the
/// next one, or to who closes.
///
/// Invariants: `sending` is not null while somebody sends; that one alone touches the buffer, and writes below.
/// Records go out in the order in which the engine made them. While something is gathered there is a coroutine
/// that will look at it, or somebody sends, who looks before the turn ends. Nothing is taken behind the end.
///
/// Threads: any coroutine. `lock` guards the rest, the records included, and is never held over a suspension.
final class Outgoing {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0); // what is sent while the output below is ended

    private final TlsStream owner;
    private final Connection lower;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private final Records records;
    private boolean due; // a coroutine will look at what is gathered
    private @Nullable ByteBuffer sending;
    private boolean ends; // behind what was gathered; written under the lock, read by the writer
    private boolean endsLower; // when all has been sent, the output below is ended
    private boolean over; // and has been
    private @Nullable IOException failure;
    private boolean dropped; // something was left then
    private final Progress progress = new Progress(); // of the one who sends

    private final LoneWrites alone = new LoneWrites();

    private long bytesTaken; // the writer; read by anybody for statistics

    Outgoing(TlsStream owner, Connection lower, SSLEngine engine) {
        this.owner = owner;
        this.lower = lower;
        this.records = new Records(owner, engine);
    }

    /// Takes all bytes, to be sent soon, or sent already. One writer at a time.
    void write(ByteBuffer from) throws IOException {
        if (alone.next() || !gather(from)) {
            encrypt(from);
        }
    }

    /// Takes what fits into one record with what was gathered before. Not before TLS 1.3: there the engine ends the
    /// output as soon as it reads the peer's end.
    ///
    /// @return false if it does not
    private boolean gather(ByteBuffer from) throws IOException {
        if (!owner.onLoop() || owner.isOld()) {
            return false;
        }
        lock.lock();
        try {
            checkOpen();
            int count = from.remaining();
            if (count == 0 || records.gathered() + count >= Packets.CONTENT_BYTES || !willBeSent()) {
                return false;
            }
            records.gather(from);
            bytesTaken += count;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Sees to somebody who sends what is gathered. Under the lock.
    ///
    /// @return false if the loops are being closed
    private boolean willBeSent() {
        if (!due && sending == null) {
            due = owner.tryLaunch("send " + owner, this::sendGathered);
        }
        return due || sending != null;
    }

    private void encrypt(ByteBuffer from) throws IOException {
        do {
            boolean mine = false;
            boolean refused = false;
            Completion<Boolean> wait = null;
            lock.lock();
            try {
                checkOpen();
                int before = from.remaining();
                if (wrapPlain()) {
                    refused = !records.wrap(from);
                }
                bytesTaken += before - from.remaining();
                mine = !refused && begin();
                if (!mine && from.hasRemaining()) {
                    wait = progress.next();
                }
            } finally {
                lock.unlock();
            }
            if (refused) {
                throw owner.negotiatesAgain("write");
            } else if (mine) {
                send(null);
            } else if (wait != null) {
                wait.await(owner);
            }
        } while (from.hasRemaining());
    }

    /// Makes the records that the engine wants to send by itself, and leaves them to the next [#flush].
    void prepare() throws IOException {
        lock.lock();
        try {
            records.wrapOwn();
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
                records.wrapOwn();
                mine = begin();
            } finally {
                lock.unlock();
            }
            if (mine) {
                send(null);
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
                records.wrapOwn();
            }
            if (begin()) {
                sendBehind();
            }
            return failure == null && records.wants() ? progress.next() : null;
        } catch (IOException failed) {
            fail(failed);
            return null;
        } finally {
            lock.unlock();
        }
    }

    /// Sends what was gathered, for a reader that is about to wait, if the connection below takes it at once; else
    /// the coroutine does that looks at it. What fails is told to who writes.
    void sendBeforeWait() {
        alone.waits();
        if (!records.hasGathered() || !(lower instanceof PromptTarget target)) {
            return; // what this thread has gathered is seen here; else the coroutine that looks at it will send it
        }
        boolean mine;
        lock.lock();
        try {
            // The room stays: nobody writes below while nobody sends.
            mine = sending == null && target.takesAtOnce(Packets.BYTES) && beginGathered();
        } finally {
            lock.unlock();
        }
        if (mine) {
            sendQuietly(target);
        }
    }

    /// The coroutine that looks at what was gathered.
    private void sendGathered() {
        boolean mine;
        lock.lock();
        try {
            due = false;
            mine = beginGathered();
        } finally {
            lock.unlock();
        }
        if (mine) {
            sendQuietly(null);
        }
    }

    /// Under the lock.
    private boolean beginGathered() {
        try {
            wrapPlain(); // as far as there is room
            return begin();
        } catch (IOException failed) {
            assert failure != null; // told to the next who writes
            return false;
        }
    }

    /// Takes nothing more.
    ///
    /// @return whether all that was taken has been handed to the connection below
    boolean stop() {
        lock.lock();
        try {
            ends = true;
            return !dropped && pending() == 0;
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
                ends = true;
                this.endsLower |= endsLower;
                wrapRest();
                mine = begin();
                if (!mine) {
                    if (sending == null) {
                        return;
                    }
                    wait = progress.next();
                }
            } finally {
                lock.unlock();
            }
            if (mine) {
                send(null);
            } else if (wait != null) {
                wait.await(owner);
            }
        }
    }

    /// Whether the end of the output has been said, or will be.
    boolean hasEnded() {
        return ends || records.isEnded();
    }

    // ---- encrypting; under the lock

    /// Encrypts what was gathered.
    ///
    /// @return false if there is no room for all of it now
    private boolean wrapPlain() throws IOException {
        try {
            return records.wrapGathered();
        } catch (IOException failed) {
            fail(failed); // these bytes were taken
            throw failed;
        }
    }

    /// Encrypts what was gathered, and says what else is to be said behind it, as far as there is room.
    private void wrapRest() throws IOException {
        if (wrapPlain() && ends) {
            records.end();
        }
        records.wrapOwn();
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
        sending = records.take();
        return sending != null;
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
    ///
    /// @param prompt if not null, only as long as this, the connection below, takes it at once: a coroutine of the
    ///     loop goes on
    private void send(@Nullable PromptTarget prompt) throws IOException {
        try {
            Next next;
            do {
                ByteBuffer bytes = sending;
                if (bytes == null) {
                    return; // encrypting has failed meanwhile
                }
                if (prompt != null && !prompt.takesAtOnce(bytes.remaining())) {
                    sendBehind();
                    return;
                }
                if (bytes.hasRemaining()) {
                    lower.write(bytes);
                }
                next = goOn();
            } while (next == Next.SEND);
            if (next == Next.END_LOWER) {
                if (prompt != null) {
                    sendBehind();
                    return;
                }
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
            wrapRest();
            if (next()) {
                progress.tell();
                return Next.SEND;
            }
            if (mustEndLower()) {
                sending = NOTHING; // it stays this one's turn
                return Next.END_LOWER;
            }
            progress.tell();
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
            progress.tell();
        } finally {
            lock.unlock();
        }
    }

    /// Has what is left sent by a coroutine of the loop.
    private void sendBehind() {
        if (!owner.tryLaunch("send " + owner, () -> sendQuietly(null))) {
            fail(new IOException("its loops are being closed"));
        }
    }

    private void sendQuietly(@Nullable PromptTarget prompt) {
        try {
            send(prompt);
        } catch (IOException failed) {
            assert failure != null; // told to the next who writes
        }
    }

    private void fail(IOException why) {
        lock.lock();
        try {
            if (failure == null) {
                failure = why;
                dropped = pending() > 0;
            }
            sending = null; // for the garbage collector: who knows who still looks at it
            records.drop();
            progress.tell();
        } finally {
            lock.unlock();
        }
    }

    private void checkOpen() throws NetException {
        check("write");
        if (ends) {
            throw NetException.closed("write", owner);
        }
    }

    private void check(String operation) throws NetException {
        IOException known = failure;
        if (known != null) {
            throw TlsException.later(operation, owner, known);
        }
    }

    // ---- for people

    long bytesTaken() {
        return bytesTaken;
    }

    /// How many bytes, encrypted or still to be, have not been handed to the connection below.
    int pending() {
        lock.lock();
        try {
            ByteBuffer one = sending;
            return records.pending() + (one == null ? 0 : one.remaining());
        } finally {
            lock.unlock();
        }
    }
}

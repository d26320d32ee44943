package dev.sluice.tls;

import dev.sluice.internal.strand.Completion;
import dev.sluice.net.Connection;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Takes records from the connection below, and decrypts them for the reader.
///
///     the connection below ──read──▶ records ──unwrap──▶ the reader's buffer
///                                                  └───▶ plain, if that has too little room for a record
///
/// A reader that waits holds 4 KiB; a larger buffer is taken while much comes.
///
/// A read that has something does not wait, nor fail: what the engine wants before the next record, new keys that
/// must be sent say, is left to the next read. So one that is cancelled has taken nothing.
///
/// Threads: the reader only.
final class Incoming {
    private static final int SMALL_BYTES = 4 << 10;

    private final TlsStream owner;
    private final Connection lower;
    private final SSLEngine engine;

    private final ByteBuffer small = ByteBuffer.allocate(SMALL_BYTES).flip();
    private ByteBuffer records = small; // from position to limit; or a buffer of Packets
    private int lastRead;
    private @Nullable ByteBuffer plain; // decrypted and not taken; a buffer of Packets
    private boolean ended; // the peer has said so
    private boolean heard; // a record after the handshake
    private HandshakeStatus wanted = HandshakeStatus.NOT_HANDSHAKING; // by the engine, before the next record
    private @Nullable TlsException failure;

    private long bytesTaken; // read by anybody for statistics

    Incoming(TlsStream owner, Connection lower, SSLEngine engine) {
        this.owner = owner;
        this.lower = lower;
        this.engine = engine;
    }

    /// Moves at least a byte, unless the end is reached.
    ///
    /// @return how many, or -1
    int read(ByteBuffer into) throws IOException {
        while (true) {
            int count = takePlain(into);
            if (count == 0) {
                count = decrypt(into);
            }
            if (count > 0) {
                bytesTaken += count;
                return count;
            }
            if (ended) {
                return -1;
            }
            if (!fill("read")) {
                throw new TlsException(
                        "read", owner, TlsException.Problem.TRUNCATED, "the bytes ended without close_notify");
            }
        }
    }

    /// Goes on with the handshake by what comes.
    void handshake() throws IOException {
        ByteBuffer none = Packets.take();
        try {
            while (engine.getHandshakeStatus() == HandshakeStatus.NEED_UNWRAP) {
                SSLEngineResult result = engine.unwrap(records, none);
                switch (result.getStatus()) {
                    case OK -> {}
                    case BUFFER_UNDERFLOW -> {
                        if (!fill("handshake")) {
                            throw new TlsException(
                                    "handshake",
                                    owner,
                                    TlsException.Problem.TRUNCATED,
                                    "the peer ended the connection");
                        }
                    }
                    case CLOSED ->
                        throw new TlsException(
                                "handshake",
                                owner,
                                TlsException.Problem.REFUSED_BY_PEER,
                                "the peer said the end in the middle");
                    default -> throw new IllegalStateException("unwrap of " + owner + ": " + result);
                }
            }
        } finally {
            assert none.position() == 0 : "data before the end of the handshake";
            Packets.give(none);
        }
    }

    /// Decrypts what has come, as far as there is room.
    ///
    /// @return how many bytes were put into the buffer
    private int decrypt(ByteBuffer into) throws IOException {
        TlsException known = failure;
        if (known != null) {
            throw new TlsException("read", owner, known.problem(), "an earlier read failed: " + known.getMessage());
        }
        int start = into.position();
        try {
            do {
                if (into.position() == start && !ended) {
                    settle();
                }
            } while (isSettled() && into.hasRemaining() && records.hasRemaining() && !ended && decryptOne(into));
        } catch (SSLException broken) {
            failure = TlsException.of("read", owner, broken);
            owner.answer(); // an alert
            if (into.position() == start) {
                throw failure;
            } // else what came before it is good, and the next read tells
        }
        return into.position() - start;
    }

    /// @return false if the next record has not come whole
    private boolean decryptOne(ByteBuffer into) throws IOException {
        SSLEngineResult result = engine.unwrap(records, into);
        if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
            result = decryptAside();
            takePlain(into); // nothing, if the record was none of data, such as a session ticket
        }
        switch (result.getStatus()) {
            case OK -> heard = true;
            case CLOSED -> ended = true;
            case BUFFER_UNDERFLOW -> {
                return false; // the engine looks at the room first
            }
            case BUFFER_OVERFLOW -> throw new IllegalStateException("unwrap of " + owner + ": " + result);
        }
        wanted = result.getHandshakeStatus();
        return true;
    }

    /// Decrypts a record that the reader has no room for.
    private SSLEngineResult decryptAside() throws IOException {
        assert plain == null : owner;
        ByteBuffer aside = Packets.take();
        SSLEngineResult result = engine.unwrap(records, aside);
        if (aside.flip().hasRemaining()) {
            plain = aside;
        } else {
            Packets.give(aside);
        }
        return result;
    }

    /// Gives the engine what it wants before the next record. May wait, and be cancelled.
    private void settle() throws IOException {
        switch (wanted) {
            case NOT_HANDSHAKING, FINISHED -> {}
            case NEED_WRAP -> {
                for (Completion<Boolean> wait = owner.answer(); wait != null; wait = owner.answer()) {
                    wait.await(owner);
                }
            }
            case NEED_TASK -> {
                if (owner.isOld()) {
                    throw owner.negotiatesAgain("read");
                }
                owner.runTasks();
            }
            case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                if (!engine.isOutboundDone() && owner.isOld()) {
                    throw owner.negotiatesAgain("read");
                }
            }
        }
        wanted = HandshakeStatus.NOT_HANDSHAKING;
    }

    /// Whether the engine wants nothing that must be waited for. What it has to send is on its way then.
    private boolean isSettled() {
        if (wanted == HandshakeStatus.NEED_WRAP && owner.answer() == null) {
            wanted = HandshakeStatus.NOT_HANDSHAKING;
        }
        return wanted == HandshakeStatus.NOT_HANDSHAKING || wanted == HandshakeStatus.FINISHED;
    }

    private int takePlain(ByteBuffer into) {
        ByteBuffer known = plain;
        if (known == null) {
            return 0;
        }
        int count = Math.min(known.remaining(), into.remaining());
        into.put(into.position(), known, known.position(), count);
        into.position(into.position() + count);
        known.position(known.position() + count);
        if (!known.hasRemaining()) {
            plain = null;
            Packets.give(known);
        }
        return count;
    }

    /// Reads on.
    ///
    /// @return false at the end of the bytes
    private boolean fill(String operation) throws IOException {
        owner.sendBeforeWait(); // may be cancelled
        choose();
        records.compact();
        assert records.hasRemaining() : operation + " of " + owner + ": a record of more than " + records;
        int count;
        try {
            count = lower.read(records);
        } finally {
            records.flip();
        }
        lastRead = Math.max(0, count);
        return count >= 0;
    }

    /// Whether the peer has said the end.
    boolean hasEnded() {
        return ended;
    }

    /// Whether nothing has come since the handshake.
    boolean hasHeardNothing() {
        return !heard;
    }

    /// Waits for what comes next, or the end, and drops it.
    void drop() throws IOException {
        fill("close");
    }

    /// Takes the large buffer if much comes, or a large record; gives it back if not.
    private void choose() {
        boolean much = lastRead >= SMALL_BYTES || records.remaining() == records.capacity();
        if (much && records == small) {
            records = Packets.take().put(small).flip();
        } else if (!much && records != small && !records.hasRemaining()) {
            Packets.give(records);
            records = small.position(0).limit(0);
        }
    }

    long bytesTaken() {
        return bytesTaken;
    }
}

package dev.sluice.tls;

import dev.sluice.net.NetException;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import org.jspecify.annotations.Nullable;

/// What is to be sent, as it becomes records.
///
///     bytes ──gather──▶ plain ──wrap──▶ filling ──take──▶ the one who sends
///       └─────────────────────────wrap────▲
///
/// Invariant: what was gathered is encrypted before all that comes later, and records leave in the order in which
/// the engine made them.
///
/// Threads: the lock of [Outgoing] guards it, but for what says otherwise. The engine throws
/// [javax.net.ssl.SSLException] where it encrypts, also for what it has found before.
final class Records {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final TlsStream owner;
    private final SSLEngine engine;

    private @Nullable ByteBuffer plain; // gathered, up to its position
    private @Nullable ByteBuffer filling;

    Records(TlsStream owner, SSLEngine engine) {
        this.owner = owner;
        this.engine = engine;
    }

    // ---- what is gathered

    /// Whether there is something. Also without the lock, by who has gathered it.
    boolean hasGathered() {
        return plain != null;
    }

    /// How many bytes.
    int gathered() {
        return plain == null ? 0 : plain.position();
    }

    /// Takes all bytes: with those before at most [Packets#CONTENT_BYTES].
    void gather(ByteBuffer from) {
        plain = Packets.withRoom(plain, from.remaining()).put(from);
    }

    /// Encrypts it.
    ///
    /// @return false if there is no room for all of it now
    boolean wrapGathered() throws IOException {
        ByteBuffer known = plain; // null after a failure
        if (known == null) {
            return true;
        }
        known.flip();
        boolean taken = wrap(known);
        assert taken : owner + ": nothing is gathered where a peer can negotiate again";
        if (known.hasRemaining()) {
            known.compact();
            return false;
        }
        plain = null;
        Packets.give(known);
        return true;
    }

    // ---- encrypting

    /// Encrypts as far as there is room.
    ///
    /// @return false if the engine takes nothing: the peer wants to negotiate again
    boolean wrap(ByteBuffer from) throws IOException {
        while (from.hasRemaining()) {
            ByteBuffer into = room();
            if (into == null) {
                return true;
            }
            SSLEngineResult result = engine.wrap(from, into);
            switch (result.getStatus()) {
                case OK -> {
                    if (result.bytesConsumed() == 0 && result.bytesProduced() == 0) {
                        return false;
                    }
                }
                case CLOSED -> throw NetException.closed("write", owner);
                default -> throw new IllegalStateException("wrap of " + owner + ": " + result);
            }
        }
        return true;
    }

    /// Encrypts what the engine wants to send by itself: of the handshake, new keys, alerts, the end.
    void wrapOwn() throws IOException {
        while (wants()) {
            ByteBuffer into = room();
            if (into == null || engine.wrap(NOTHING, into).bytesProduced() == 0) {
                return;
            }
        }
    }

    /// Whether there is such a thing.
    boolean wants() {
        return engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
    }

    /// The end is what the engine wants to send next.
    void end() {
        engine.closeOutbound();
    }

    /// Whether the end has been said. Any thread.
    boolean isEnded() {
        return engine.isOutboundDone();
    }

    private @Nullable ByteBuffer room() {
        ByteBuffer known = filling;
        if (known == null) {
            known = Packets.take();
            filling = known;
        }
        return known.remaining() >= Packets.RECORD_BYTES ? known : null;
    }

    // ---- what is encrypted

    /// Takes what was filled; a buffer of [Packets].
    ///
    /// @return null: nothing
    @Nullable ByteBuffer take() {
        ByteBuffer full = filling;
        filling = null;
        if (full != null && full.position() == 0) {
            Packets.give(full);
            return null;
        }
        return full == null ? null : full.flip();
    }

    /// Forgets all, for the garbage collector: who knows who still looks at it.
    void drop() {
        filling = null;
        plain = null;
    }

    /// How many bytes there are, encrypted or still to be.
    int pending() {
        return gathered() + (filling == null ? 0 : filling.position());
    }
}

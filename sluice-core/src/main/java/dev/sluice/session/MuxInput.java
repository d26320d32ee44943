package dev.sluice.session;

import dev.sluice.internal.strand.Completion;
import dev.sluice.net.Connection;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Reads the peer's frames and gives them to their streams. Nothing is allocated by a length that the peer
/// claims: data goes to its stream as it comes, and there only as much as the stream has given credit for.
///
/// Threads: the receiving coroutine; frames are dealt with under the session's lock.
final class MuxInput {
    private static final int BYTES = 1 << 15;

    private final Mux mux;
    private final Connection lower;
    private final ByteBuffer bytes = ByteBuffer.allocate(BYTES);

    // The frame of data that is being read.
    private int left;
    private @Nullable MuxStream into; // null: its bytes are dropped
    private boolean last; // the stream is finished behind it

    MuxInput(Mux mux, Connection lower) {
        this.mux = mux;
        this.lower = lower;
    }

    /// Reads until the end of the connection.
    void run() throws IOException {
        while (lower.read(bytes) >= 0) {
            Completion<Boolean> wait;
            bytes.flip();
            mux.lock().lock();
            try {
                mux.heard();
                while (goOn()) {
                    assert left >= 0;
                }
                wait = mux.output().muchWaits();
            } finally {
                mux.lock().unlock();
            }
            bytes.compact();
            if (wait != null) {
                wait.await("the peer to read, " + lower);
            }
        }
        if (left > 0 || bytes.position() > 0) {
            throw new MuxException("read", lower, MuxException.Problem.ENDED, "the connection ended inside of a frame");
        }
    }

    /// @return false if more bytes are needed
    private boolean goOn() throws MuxException {
        if (left > 0) {
            if (!bytes.hasRemaining()) {
                return false;
            }
            data();
            return true;
        }
        if (bytes.remaining() < Frame.HEADER_BYTES) {
            return false;
        }
        if (Frame.version(bytes) != Frame.VERSION) {
            throw mux.broken("version=" + Frame.version(bytes) + ", expected " + Frame.VERSION);
        }
        int type = Frame.type(bytes);
        int flags = Frame.flags(bytes);
        int stream = Frame.stream(bytes);
        int length = Frame.length(bytes);
        bytes.position(bytes.position() + Frame.HEADER_BYTES);
        switch (type) {
            case Frame.DATA -> beginData(flags, stream, length);
            case Frame.WINDOW_UPDATE -> update(flags, stream, length);
            case Frame.PING -> {
                if ((flags & Frame.SYN) != 0) {
                    mux.output().put(Frame.PING, Frame.ACK, 0, length);
                } else {
                    mux.pings().answered(length);
                }
            }
            case Frame.GO_AWAY -> mux.peerGoesAway(length);
            default -> throw mux.broken("type=" + type + ", expected " + Frame.DATA + ".." + Frame.GO_AWAY);
        }
        return true;
    }

    private void beginData(int flags, int id, int length) throws MuxException {
        MuxStream stream = stream(flags, id);
        if (stream == null) {
            if (length < 0 || length > mux.config().window()) {
                throw mux.broken("stream=" + id + " length=" + (length & 0xffff_ffffL) + ", expected at most "
                        + mux.config().window());
            }
            if (length > 0 && (flags & Frame.RST) == 0) {
                mux.output().put(Frame.WINDOW_UPDATE, Frame.RST, id, 0); // it was closed here
            }
        } else if (length < 0 || !stream.spendPeerCredit(length) || (length > 0 && stream.isInputFinished())) {
            throw mux.broken("stream=" + id + " length=" + (length & 0xffff_ffffL)
                    + ", expected no more than the credit, and nothing behind the end");
        }
        into = stream;
        left = length;
        last = (flags & Frame.FIN) != 0;
        if (length == 0) {
            endData();
        }
        if (stream != null && (flags & Frame.RST) != 0) {
            reset(stream);
        }
    }

    private void data() {
        MuxStream stream = into;
        if (stream != null) {
            left -= stream.received(bytes, left);
        } else {
            int count = Math.min(left, bytes.remaining());
            bytes.position(bytes.position() + count);
            left -= count;
        }
        if (left == 0) {
            endData();
        }
    }

    private void endData() {
        if (last && into != null) {
            into.finished();
        }
        into = null;
    }

    private void update(int flags, int id, int more) throws MuxException {
        MuxStream stream = stream(flags, id);
        if (stream == null) {
            return; // it was closed here
        }
        if (!stream.credited(more)) {
            throw mux.broken("stream=" + id + " credit=" + (more & 0xffff_ffffL) + ", expected less than 2^32 in all");
        }
        if ((flags & Frame.FIN) != 0) {
            stream.finished();
        }
        if ((flags & Frame.RST) != 0) {
            reset(stream);
        }
    }

    private void reset(MuxStream stream) {
        stream.resetBy(new MuxException("read", lower, MuxException.Problem.ENDED, "the peer has reset the stream"));
        mux.forget(stream);
    }

    /// The stream of a frame.
    ///
    /// @return null if it was refused or closed here
    private @Nullable MuxStream stream(int flags, int id) throws MuxException {
        if ((flags & Frame.SYN) != 0) {
            return mux.peerOpens(id);
        }
        MuxStream stream = mux.find(id);
        if (stream == null && !mux.wasOpen(id)) {
            throw mux.broken("stream=" + (id & 0xffff_ffffL) + ", expected one that has been opened");
        }
        return stream;
    }
}

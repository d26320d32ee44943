package dev.sluice.session;

import java.nio.ByteBuffer;

/// The bytes of yamux, as its specification has them (github.com/hashicorp/yamux, spec.md): every frame begins
/// with a header, in network order.
///
///     0         1      2       4           8         12
///     | version | type | flags | stream id | length | the bytes of DATA …
///
/// `length` is that of the data, or the credit of a WINDOW_UPDATE, the mark of a PING, the reason of a GO_AWAY.
final class Frame {
    static final int HEADER_BYTES = 12;

    static final int VERSION = 0;

    static final int DATA = 0;
    static final int WINDOW_UPDATE = 1;
    static final int PING = 2;
    static final int GO_AWAY = 3;

    static final int SYN = 1;
    static final int ACK = 2;
    static final int FIN = 4;
    static final int RST = 8;

    static final int NORMAL = 0;
    static final int PROTOCOL_ERROR = 1;

    /// The credit of both sides of a new stream.
    static final int FIRST_WINDOW = 1 << 18;

    private static final int FLAGS_AT = 2;
    private static final int STREAM_AT = 4;
    private static final int LENGTH_AT = 8;

    static {
        assert LENGTH_AT + Integer.BYTES == HEADER_BYTES;
    }

    private Frame() {}

    /// Appends a header. There must be room.
    static void put(ByteBuffer to, int type, int flags, int stream, int length) {
        to.put((byte) VERSION)
                .put((byte) type)
                .putShort((short) flags)
                .putInt(stream)
                .putInt(length);
    }

    static int version(ByteBuffer header) {
        return header.get(header.position());
    }

    static int type(ByteBuffer header) {
        return header.get(header.position() + 1);
    }

    static int flags(ByteBuffer header) {
        return header.getShort(header.position() + FLAGS_AT) & 0xffff;
    }

    static int stream(ByteBuffer header) {
        return header.getInt(header.position() + STREAM_AT);
    }

    static int length(ByteBuffer header) {
        return header.getInt(header.position() + LENGTH_AT);
    }

    /// Makes the data of a frame longer whose header begins at `at`.
    static void lengthen(ByteBuffer frames, int at, int more) {
        frames.putInt(at + LENGTH_AT, frames.getInt(at + LENGTH_AT) + more);
    }
}

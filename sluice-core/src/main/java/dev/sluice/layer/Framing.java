package dev.sluice.layer;

import dev.sluice.net.Connection;
import java.io.IOException;
import java.nio.ByteOrder;

/// How a stream of bytes is cut into frames.
///
/// Each framing has a limit for the payload of a frame, that of both directions: a larger one is refused with a
/// [LayerException]. Memory is taken for what has come, never for what was announced.
///
/// A framing of one's own, such as that of WebSocket, implements this and [Frames].
///
/// Threads: immutable, and good for any number of connections.
public interface Framing {
    /// What tables call it, such as `lines`.
    String name();

    /// The same with another limit.
    ///
    /// @param bytes of payload in a frame at most, from 1 to what the framing can express
    Framing withLimit(int bytes);

    /// Puts frames on a connection.
    ///
    /// @param lower belongs to the frames from now on; if this fails, the caller aborts it
    Frames over(Connection lower) throws IOException;

    /// The payload's length as a big endian number, then the payload; at most 1 MiB, or what the number can
    /// say.
    ///
    /// @param bytes of the number: 1, 2 or 4
    static Framing lengthPrefix(int bytes) {
        return LengthPrefix.of(bytes, ByteOrder.BIG_ENDIAN);
    }

    /// The payload's length as a number, then the payload; at most 1 MiB, or what the number can say.
    ///
    /// @param bytes of the number: 1, 2 or 4
    static Framing lengthPrefix(int bytes, ByteOrder order) {
        return LengthPrefix.of(bytes, order);
    }

    /// The payload's length as a varint of Protocol Buffers (7 bits a byte, the lowest first, at most 5 bytes),
    /// then the payload; at most 1 MiB.
    static Framing varint() {
        return new Varint(LengthPrefix.DEFAULT_LIMIT);
    }

    /// Lines: the payload, then a line feed; what is received may have a carriage return before it, which is no
    /// part of the payload. The last line may lack its end. At most 64 KiB; a payload with a line feed inside
    /// is refused.
    static Framing lines() {
        return Delimited.lines();
    }

    /// The payload, then a delimiter; at most 64 KiB. A payload that contains it is refused.
    ///
    /// @param delimiter at least one byte
    static Framing delimiter(byte... delimiter) {
        return Delimited.by(delimiter);
    }

    /// Payloads of the same length, with nothing between them.
    ///
    /// @param bytes of each payload, at least 1
    static Framing fixed(int bytes) {
        return new Fixed(bytes);
    }

    /// Netstrings, as D. J. Bernstein has defined them (cr.yp.to/proto/netstrings.txt): `12:hello world!,`; at
    /// most 1 MiB.
    static Framing netstring() {
        return new Netstring(LengthPrefix.DEFAULT_LIMIT);
    }
}

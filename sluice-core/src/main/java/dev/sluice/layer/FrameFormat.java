package dev.sluice.layer;

import dev.sluice.net.Connection;
import java.nio.ByteBuffer;

/// What a frame looks like: a header, the payload, a trailer. A format works on memory, and knows no
/// connections.
///
/// Threads: immutable.
sealed interface FrameFormat extends Framing permits LengthPrefix, Varint, Delimited, Fixed, Netstring {
    /// The largest limit: what an array and its doubling can hold.
    int MOST = 1 << 30;

    /// Bytes of payload in a frame at most.
    int limit();

    /// Bytes of the longest header, that of a payload as long as the limit.
    int headerLimit();

    /// Bytes of the header before so long a payload.
    int headerLength(int payload);

    void putHeader(int payload, ByteBuffer out);

    default int trailerLength() {
        return 0;
    }

    default void putTrailer(ByteBuffer out) {}

    /// Checks that a payload within the limit can be carried.
    ///
    /// @param from where it begins in `bytes`
    /// @param to where it ends
    /// @throws IllegalArgumentException if it cannot
    default void check(ByteBuffer bytes, int from, int to) {}

    /// Looks for the first frame.
    ///
    /// @param start where it begins
    /// @param end of what has come, behind `start`
    /// @return whether it is whole, and `cut` says where; if not, `cut` may have a refusal
    boolean find(byte[] bytes, int start, int end, Cut cut);

    /// Whether the end of the stream ends a frame as well.
    default boolean endsWithStream() {
        return false;
    }

    @Override
    default Frames over(Connection lower) {
        return new FrameStream(Stack.over(lower), this);
    }

    /// @return the limit
    static int requireLimit(String name, int limit, int most) {
        if (limit < 1 || limit > most) {
            throw new IllegalArgumentException("framing " + name + ": limit=" + limit + ", expected 1.." + most);
        }
        return limit;
    }
}

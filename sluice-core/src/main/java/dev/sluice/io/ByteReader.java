package dev.sluice.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// Reads a source by lines, lengths and delimiters.
///
/// It has a buffer, so that one read of the source serves many of these; read from the source only through it.
/// The buffer grows up to a limit: a longer line is an error, whose bytes stay to be read in another way.
///
/// *Cancellation loses nothing.* A cancelled operation leaves what has come in the buffer, for the next one.
///
/// Threads: one reader at a time, as for the source.
public final class ByteReader implements ByteSource {
    private static final int DEFAULT_LIMIT = 1 << 16;
    private static final int FIRST_SIZE = 1 << 9;

    private final ByteSource source;
    private final int limit;
    private byte[] buffer;
    private int start; // of what has come and was not taken
    private int end;

    private ByteReader(ByteSource source, int limit) {
        this.source = source;
        this.limit = limit;
        this.buffer = new byte[Math.min(FIRST_SIZE, limit)];
    }

    /// A reader whose lines and pieces have at most 65 536 bytes.
    ///
    /// @param source belongs to the reader from now on
    public static ByteReader over(ByteSource source) {
        return over(source, DEFAULT_LIMIT);
    }

    /// A reader with another limit.
    ///
    /// @param source belongs to the reader from now on
    /// @param limit how many bytes a line or a piece has at most, its end included; from 1 on
    public static ByteReader over(ByteSource source, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("reader over " + source + ": limit=" + limit + ", expected 1 or more");
        }
        return new ByteReader(source, limit);
    }

    /// Reads a line in UTF-8. It ends with a line feed, or a carriage return and one, or with the end of the
    /// source; none of them is part of the result.
    ///
    /// @return empty at the end
    /// @throws LimitExceededException if it is longer than the limit; nothing of it has been taken
    public Optional<String> readLine() throws IOException {
        int length = find(new byte[] {'\n'}, "read line");
        if (length < 0) {
            if (start == end) {
                return Optional.empty();
            }
            return Optional.of(new String(take(end - start), StandardCharsets.UTF_8));
        }
        byte[] line = take(length);
        int text = length > 1 && line[length - 2] == '\r' ? length - 2 : length - 1;
        return Optional.of(new String(line, 0, text, StandardCharsets.UTF_8));
    }

    /// Reads up to a delimiter, which is the end of the result.
    ///
    /// @param delimiter at least one byte
    /// @throws LimitExceededException if nothing within the limit is one; nothing has been taken
    /// @throws IncompleteReadException if the end came first
    public byte[] readUntil(byte... delimiter) throws IOException {
        if (delimiter.length == 0) {
            throw new IllegalArgumentException("read until of " + source + ": expected a delimiter of 1 byte or more");
        }
        int length = find(delimiter, "read until");
        if (length < 0) {
            throw new IncompleteReadException("read until of " + source, take(end - start));
        }
        return take(length);
    }

    /// Reads so many bytes.
    ///
    /// @param count from 0 to the limit
    /// @throws IncompleteReadException if the end came first
    public byte[] readExactly(int count) throws IOException {
        if (count < 0 || count > limit) {
            throw new IllegalArgumentException(
                    "read exactly of " + source + ": count=" + count + ", expected 0.." + limit);
        }
        while (end - start < count) {
            if (!fill(count)) {
                throw new IncompleteReadException("read exactly " + count + " bytes of " + source, take(end - start));
            }
        }
        return take(count);
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        if (start == end) {
            return source.read(into);
        }
        int count = Math.min(end - start, into.remaining());
        into.put(buffer, start, count);
        taken(count);
        return count;
    }

    @Override
    public void close() throws IOException {
        source.close();
    }

    /// How far the first delimiter reaches, it included.
    ///
    /// @return -1 if the end came first
    private int find(byte[] delimiter, String operation) throws IOException {
        int seen = 0;
        while (true) {
            for (int at = seen; at <= end - start - delimiter.length; at++) {
                if (matches(start + at, delimiter)) {
                    return at + delimiter.length;
                }
            }
            seen = Math.max(0, end - start - delimiter.length + 1);
            if (end - start >= limit) {
                throw new LimitExceededException(operation + " of " + source, limit);
            }
            if (!fill(end - start + 1)) {
                return -1;
            }
        }
    }

    private boolean matches(int at, byte[] delimiter) {
        return Arrays.equals(buffer, at, at + delimiter.length, delimiter, 0, delimiter.length);
    }

    /// Reads on, with room for so many bytes in all.
    ///
    /// @return false at the end
    private boolean fill(int wanted) throws IOException {
        if (start + wanted > buffer.length) {
            byte[] roomier = buffer;
            if (wanted > buffer.length) {
                roomier = new byte[Math.min(limit, Math.max(wanted, 2 * buffer.length))];
            }
            System.arraycopy(buffer, start, roomier, 0, end - start);
            buffer = roomier;
            end -= start;
            start = 0;
        }
        int count = source.read(buffer, end, buffer.length - end);
        end += Math.max(0, count);
        return count >= 0;
    }

    private byte[] take(int count) {
        byte[] bytes = Arrays.copyOfRange(buffer, start, start + count);
        taken(count);
        return bytes;
    }

    private void taken(int count) {
        start += count;
        if (start == end) {
            start = 0;
            end = 0;
        }
    }

    @Override
    public String toString() {
        return source.toString();
    }
}

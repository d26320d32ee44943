package dev.sluice.websocket;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Makes messages of the bytes of frames, as they come: nothing is allocated by a length that the peer claims.
///
///     HEADER ──a header is whole──▶ CONTENT ──its bytes have come──▶ HEADER
///
/// Threads: the receiver.
final class FrameInput {
    private static final int FIRST_BYTES = 256;

    /// What a frame has brought.
    sealed interface Event {
        /// A message of the peer.
        record Came(Message message) implements Event {}

        /// A ping, which is to be answered with the same bytes.
        @SuppressWarnings("ArrayRecordComponent") // never compared
        record Asked(byte[] content) implements Event {}

        /// The peer says goodbye.
        record Ended(WebSocket.Goodbye goodbye) implements Event {}

        /// Nothing that anybody waits for.
        enum Nothing implements Event {
            NOTHING
        }
    }

    /// The peer has broken a rule.
    static final class BrokenException extends Exception {
        private static final long serialVersionUID = 1;

        final int code;

        BrokenException(int code, String text) {
            super(text);
            this.code = code;
        }
    }

    private static final int RULES = 1002;
    private static final int NOT_UTF8 = 1007;
    private static final int TOO_LARGE = 1009;

    private final boolean masked; // whether the peer must mask: it is a client
    private final int largest;

    // The frame whose content comes.
    private boolean inFrame;
    private int opcode;
    private boolean last;
    private int mask;
    private long length;
    private long got;

    // The message that is being put together, and the control frame that may come between its fragments.
    private int messageOpcode; // 0: none
    private byte[] message = new byte[0];
    private int size;
    private final byte[] control = new byte[Frame.MOST_CONTROL_BYTES];

    /// @param masked whether the frames must be masked
    /// @param largest how many bytes a message may have
    FrameInput(boolean masked, int largest) {
        this.masked = masked;
        this.largest = largest;
    }

    /// Takes bytes until a frame is whole.
    ///
    /// @return null if more are needed
    @Nullable Event next(ByteBuffer bytes) throws BrokenException {
        if (!inFrame && !header(bytes)) {
            return null;
        }
        int count = (int) Math.min(length - got, bytes.remaining());
        if (Frame.isControl(opcode)) {
            take(bytes, control, (int) got, count);
        } else {
            ensure(count);
            take(bytes, message, size, count);
            size += count;
        }
        got += count;
        if (got < length) {
            return null;
        }
        inFrame = false;
        return Frame.isControl(opcode) ? control() : fragment();
    }

    private void take(ByteBuffer bytes, byte[] into, int at, int count) {
        bytes.get(into, at, count);
        if (mask != 0) {
            Frame.mask(into, at, at + count, mask, got);
        }
    }

    private void ensure(int more) {
        if (size + more > message.length) {
            int wanted = Math.max(size + more, Math.min(largest, Math.max(FIRST_BYTES, 2 * message.length)));
            message = Arrays.copyOf(message, wanted);
        }
    }

    // ---- headers

    private boolean header(ByteBuffer bytes) throws BrokenException {
        int start = bytes.position();
        if (bytes.remaining() < 2) {
            return false;
        }
        int first = bytes.get(start) & 0xff;
        int second = bytes.get(start + 1) & 0xff;
        boolean hasMask = (second & Frame.MASK_BIT) != 0;
        int shortLength = second & Frame.LENGTH_BITS;
        int lengthBytes = shortLength == Frame.SHORT_LENGTH ? 2 : shortLength == Frame.LONG_LENGTH ? Long.BYTES : 0;
        if (bytes.remaining() < 2 + lengthBytes + (hasMask ? Frame.MASK_BYTES : 0)) {
            return false;
        }
        bytes.position(start + 2);
        length = length(bytes, shortLength);
        mask = hasMask ? bytes.getInt() : 0;
        opcode = first & Frame.OPCODE_BITS;
        last = (first & Frame.FIN_BIT) != 0;
        got = 0;
        check(first, hasMask);
        inFrame = true;
        return true;
    }

    private static long length(ByteBuffer bytes, int shortLength) throws BrokenException {
        long length = switch (shortLength) {
            case Frame.SHORT_LENGTH -> bytes.getShort() & 0xffffL;
            case Frame.LONG_LENGTH -> bytes.getLong();
            default -> shortLength;
        };
        boolean shorter = (shortLength == Frame.SHORT_LENGTH && length < Frame.SHORT_LENGTH)
                || (shortLength == Frame.LONG_LENGTH && length <= Frame.MOST_SHORT);
        if (shorter) {
            throw new BrokenException(RULES, "length=" + length + ", expected it in the fewest bytes");
        }
        return length;
    }

    private void check(int first, boolean hasMask) throws BrokenException {
        if ((first & Frame.RSV_BITS) != 0) {
            throw new BrokenException(RULES, "reserved bits set, expected none: no extension was agreed on");
        }
        if (hasMask != masked) {
            throw new BrokenException(RULES, "masked=" + hasMask + ", expected " + masked);
        }
        switch (opcode) {
            case Frame.CONTINUATION -> {
                if (messageOpcode == 0) {
                    throw new BrokenException(RULES, "a continuation, expected a message before it");
                }
            }
            case Frame.TEXT, Frame.BINARY -> {
                if (messageOpcode != 0) {
                    throw new BrokenException(RULES, "a new message, expected the rest of the one before");
                }
                messageOpcode = opcode;
            }
            case Frame.CLOSE, Frame.PING, Frame.PONG -> {
                if (!last || length < 0 || length > Frame.MOST_CONTROL_BYTES) {
                    throw new BrokenException(
                            RULES,
                            "a control frame of length=" + length + " last=" + last + ", expected one of at most "
                                    + Frame.MOST_CONTROL_BYTES + " bytes, in one piece");
                }
            }
            default -> throw new BrokenException(RULES, "opcode=" + opcode + ", expected 0..2 or 8..10");
        }
        if (!Frame.isControl(opcode) && (length < 0 || length > largest - size)) {
            throw new BrokenException(
                    TOO_LARGE,
                    "length=" + length + " behind " + size + " bytes of the message, expected at most " + largest);
        }
    }

    // ---- whole frames

    private Event fragment() throws BrokenException {
        if (!last) {
            return Event.Nothing.NOTHING;
        }
        byte[] whole = message.length == size ? message : Arrays.copyOf(message, size);
        boolean text = messageOpcode == Frame.TEXT;
        messageOpcode = 0;
        message = new byte[0];
        size = 0;
        return new Event.Came(text ? new Message.Text(utf8(whole, 0, whole.length)) : new Message.Binary(whole));
    }

    private Event control() throws BrokenException {
        int count = (int) length;
        return switch (opcode) {
            case Frame.PING -> new Event.Asked(Arrays.copyOf(control, count));
            case Frame.CLOSE -> new Event.Ended(goodbye(count));
            default -> Event.Nothing.NOTHING;
        };
    }

    private WebSocket.Goodbye goodbye(int count) throws BrokenException {
        if (count == 0) {
            return new WebSocket.Goodbye(WebSocket.Goodbye.NOTHING_SAID, "");
        }
        int code = count == 1 ? 0 : (control[0] & 0xff) << 8 | (control[1] & 0xff);
        if (!Frame.mayBeSaid(code)) {
            throw new BrokenException(RULES, "goodbye=" + code + ", expected a code that may be said");
        }
        return new WebSocket.Goodbye(code, utf8(control, 2, count));
    }

    private static String utf8(byte[] bytes, int from, int to) throws BrokenException {
        CharsetDecoder strict = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        try {
            CharBuffer text = strict.decode(ByteBuffer.wrap(bytes, from, to - from));
            return text.toString();
        } catch (CharacterCodingException not) {
            throw new BrokenException(NOT_UTF8, "text that is not UTF-8");
        }
    }
}

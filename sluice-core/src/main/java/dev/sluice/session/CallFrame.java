package dev.sluice.session;

import static dev.sluice.codec.CodecException.Problem.MALFORMED;

import dev.sluice.codec.Codec;
import dev.sluice.codec.CodecException;
import dev.sluice.codec.WireOutput;
import dev.sluice.session.CallFailedException.Problem;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/// What the two sides of a [Session] send each other, one to a frame of what is below. All numbers are big
/// endian; `docs/wire.md` says the same with examples, for those who write the other side.
///
///     byte   0      1 .. 8        9 ..
///          +------+-------------+-------------------------------------------------------------+
///          | 1    | "SLUICE" 01 | oldest 4, newest 4, calls 4, features 1, each: length 1, name   HELLO
///          | 2    | call        | time 8, length 1, name, what is asked                           REQUEST
///          | 3    | call        | the answer                                                      REPLY
///          | 4    | call        | problem 1, length 1, code, text                                 FAILURE
///          | 5    | call        | why                                                             CANCEL
///          | 6    | mark        |                                                                 PING
///          | 7    | mark        |                                                                 PONG
///          | 8    | last call   | why                                                             GOODBYE
///          +------+-------------+-------------------------------------------------------------+
sealed interface CallFrame {
    byte HELLO = 1;
    byte REQUEST = 2;
    byte REPLY = 3;
    byte FAILURE = 4;
    byte CANCEL = 5;
    byte PING = 6;
    byte PONG = 7;
    byte GOODBYE = 8;

    /// What begins a hello where others have a number: `SLUICE`, and the version of these frames, 1.
    long MAGIC = 0x53_4c_55_49_43_45_00_01L;

    /// Bytes of a text for people at most; longer ones are cut.
    int LONGEST_TEXT = 1_000;

    /// What it is, and the eight bytes behind that.
    byte kind();

    long number();

    /// Writes what is behind the first nine bytes.
    void writeRest(WireOutput out);

    /// @param calls that this side answers at the same time
    record Hello(SessionConfig.Speech speech, int calls) implements CallFrame {
        @Override
        public byte kind() {
            return HELLO;
        }

        @Override
        public long number() {
            return MAGIC;
        }

        @Override
        public void writeRest(WireOutput out) {
            out.ensure(13);
            out.buffer().putInt(speech.oldest()).putInt(speech.newest()).putInt(calls);
            out.put((byte) speech.features().size());
            for (String feature : speech.features()) {
                putName(feature, out);
            }
        }

        /// More may follow, from newer peers.
        static Hello parse(long number, ByteBuffer rest) {
            require(number == MAGIC, "begin=" + Long.toHexString(number), "a hello of Sluice, version 1");
            require(rest.remaining() >= 13, "length=" + rest.remaining(), "versions, calls and features");
            int oldest = rest.getInt();
            int newest = rest.getInt();
            int calls = rest.getInt();
            require(
                    oldest >= 0 && newest >= oldest && calls >= 1,
                    "oldest=" + oldest + " newest=" + newest + " calls=" + calls,
                    "0 <= oldest <= newest, and calls from 1 on");
            Set<String> features = new HashSet<>();
            for (int left = Byte.toUnsignedInt(rest.get()); left > 0; left--) {
                String feature = takeName(rest);
                require(!feature.isEmpty(), "feature=", "a name");
                features.add(feature);
            }
            return new Hello(new SessionConfig.Speech(oldest, newest, features), calls);
        }
    }

    /// @param nanos that the caller still has, above 0; 0: as long as it takes
    record Request(long number, long nanos, String method, Content content) implements CallFrame {
        @Override
        public byte kind() {
            return REQUEST;
        }

        @Override
        public void writeRest(WireOutput out) {
            out.ensure(Long.BYTES);
            out.buffer().putLong(nanos);
            putName(method, out);
            content.writeTo(out);
        }

        static Request parse(long number, ByteBuffer rest) {
            require(rest.remaining() > Long.BYTES, "length=" + rest.remaining(), "a time and a name");
            long nanos = rest.getLong();
            require(nanos >= 0, "time=" + nanos, "0 or more");
            return new Request(number, nanos, takeName(rest), new Content.Bytes(takeAll(rest)));
        }
    }

    record Reply(long number, Content content) implements CallFrame {
        @Override
        public byte kind() {
            return REPLY;
        }

        @Override
        public void writeRest(WireOutput out) {
            content.writeTo(out);
        }
    }

    record Failure(long number, Problem problem, String code, String text) implements CallFrame {
        @Override
        public byte kind() {
            return FAILURE;
        }

        @Override
        public void writeRest(WireOutput out) {
            out.put(problem.number);
            putName(code, out);
            putText(text, out);
        }

        /// A problem of newer peers is one that has no name here.
        static Failure parse(long number, ByteBuffer rest) {
            require(rest.hasRemaining(), "length=0", "a problem");
            Problem problem = Problem.of(rest.get());
            return new Failure(number, problem, takeName(rest), takeText(rest));
        }
    }

    record Cancel(long number, String why) implements CallFrame {
        @Override
        public byte kind() {
            return CANCEL;
        }

        @Override
        public void writeRest(WireOutput out) {
            putText(why, out);
        }
    }

    record Ping(long number) implements CallFrame {
        @Override
        public byte kind() {
            return PING;
        }

        @Override
        public void writeRest(WireOutput out) {}
    }

    record Pong(long number) implements CallFrame {
        @Override
        public byte kind() {
            return PONG;
        }

        @Override
        public void writeRest(WireOutput out) {}
    }

    /// @param number of the last call that was begun, 0: none
    record Goodbye(long number, String why) implements CallFrame {
        @Override
        public byte kind() {
            return GOODBYE;
        }

        @Override
        public void writeRest(WireOutput out) {
            putText(why, out);
        }
    }

    /// One to a frame.
    final class Wire implements Codec<CallFrame> {
        private static final int HEADER = 1 + Long.BYTES;

        @Override
        public void encode(CallFrame frame, WireOutput out) {
            int start = out.position();
            boolean done = false;
            try {
                out.ensure(HEADER);
                out.buffer().put(frame.kind()).putLong(frame.number());
                frame.writeRest(out);
                done = true;
            } finally {
                if (!done) {
                    out.position(start);
                }
            }
        }

        @Override
        public CallFrame decode(ByteBuffer bytes) {
            ByteBuffer rest = bytes.duplicate(); // which is big endian
            require(rest.remaining() >= HEADER, "length=" + rest.remaining(), "at least " + HEADER);
            CallFrame frame = parse(rest.get(), rest.getLong(), rest);
            require(
                    !rest.hasRemaining() || frame instanceof Hello,
                    "rest=" + rest.remaining(),
                    "nothing behind kind " + frame.kind());
            bytes.position(bytes.limit());
            return frame;
        }

        private static CallFrame parse(byte kind, long number, ByteBuffer rest) {
            return switch (kind) {
                case HELLO -> Hello.parse(number, rest);
                case REQUEST -> Request.parse(number, rest);
                case REPLY -> new Reply(number, new Content.Bytes(takeAll(rest)));
                case FAILURE -> Failure.parse(number, rest);
                case CANCEL -> new Cancel(number, takeText(rest));
                case PING -> new Ping(number);
                case PONG -> new Pong(number);
                case GOODBYE -> new Goodbye(number, takeText(rest));
                default -> throw CodecException.of(MALFORMED, "kind=" + kind, HELLO + ".." + GOODBYE);
            };
        }

        @Override
        public String toString() {
            return "calls";
        }
    }

    private static void require(boolean holds, String found, String expected) {
        if (!holds) {
            throw CodecException.of(MALFORMED, found, expected);
        }
    }

    private static void putName(String name, WireOutput out) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        out.put((byte) bytes.length);
        out.put(bytes);
    }

    private static String takeName(ByteBuffer from) {
        require(from.hasRemaining(), "length=0", "a name");
        int length = Byte.toUnsignedInt(from.get());
        require(from.remaining() >= length, "rest=" + from.remaining(), "a name of " + length + " bytes");
        ByteBuffer name = from.slice(from.position(), length);
        from.position(from.position() + length);
        return Codec.utf8().decode(name);
    }

    /// Cuts a text where it becomes too long, not inside of a character.
    private static void putText(String text, WireOutput out) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, LONGEST_TEXT);
        while (length < bytes.length && (bytes[length] & 0xc0) == 0x80) {
            length--;
        }
        out.ensure(length);
        out.buffer().put(bytes, 0, length);
    }

    private static String takeText(ByteBuffer from) {
        require(from.remaining() <= LONGEST_TEXT, "text=" + from.remaining() + " bytes", "at most " + LONGEST_TEXT);
        return Codec.utf8().decode(from);
    }

    private static byte[] takeAll(ByteBuffer from) {
        byte[] bytes = new byte[from.remaining()];
        from.get(bytes);
        return bytes;
    }
}

package dev.sluice.pool;

import dev.sluice.codec.Codec;
import dev.sluice.codec.CodecException;
import dev.sluice.codec.WireOutput;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The frames between a pool and a worker process, over two pipes. Both are of the same version, so there is
/// none in them.
///
///     0        4      5
///     ├────────┼──────┼─────────────
///     │ length │ kind │ body            length: of kind and body together
///
/// | kind | body | |
/// |---|---|---|
/// | DEFINE | function (4), its name | before the first call of a function |
/// | CALL | call (8), function (4), n (4), n bytes, argument | the n bytes are the record that is the function |
/// | CANCEL | call (8) | whether it has ended or not |
/// | RECALL | | give back the calls that have not begun |
/// | END | | end after the calls so far |
/// | READY | | the worker is there |
/// | RESULT | call (8), result | |
/// | FAILED | call (8), failure | see [FailureImage] |
/// | CANCELLED | call (8) | the function threw after it was cancelled, or had not begun |
/// | RETURNED | calls (8 each) | they have not begun, and will not here |
///
/// Calls are run in their order, and each is answered before the next one begins.
///
/// Numbers are big endian. Arguments, results and records are what their codecs write.
final class WorkerFrame {
    static final byte DEFINE = 1;
    static final byte CALL = 2;
    static final byte CANCEL = 3;
    static final byte END = 4;
    static final byte READY = 5;
    static final byte RESULT = 6;
    static final byte FAILED = 7;
    static final byte CANCELLED = 8;
    static final byte RECALL = 9;
    static final byte RETURNED = 10;

    /// Bytes of the length.
    static final int PREFIX = 4;

    /// The longest frame: two values of what a codec writes at most, and the rest.
    static final int MOST = (2 << 20) + (64 << 10);

    private static final int CALL_HEAD = PREFIX + 1 + 8 + 4 + 4;

    private WorkerFrame() {}

    /// A frame of a kind only, or with the number of a call.
    static ByteBuffer of(byte kind) {
        return ByteBuffer.allocate(PREFIX + 1).putInt(1).put(kind).flip();
    }

    static ByteBuffer of(byte kind, long call) {
        return ByteBuffer.allocate(PREFIX + 9).putInt(9).put(kind).putLong(call).flip();
    }

    /// Of several calls.
    static ByteBuffer returned(long[] calls) {
        int length = 1 + calls.length * Long.BYTES;
        ByteBuffer frame = ByteBuffer.allocate(PREFIX + length).putInt(length).put(RETURNED);
        frame.asLongBuffer().put(calls);
        return frame.position(0);
    }

    /// @throws CodecException if the argument or the record cannot be encoded
    static ByteBuffer call(long call, int function, LinkedFunction linked, Object self, Object argument) {
        WireOutput out = WireOutput.growing(64, MOST);
        out.ensure(CALL_HEAD);
        out.buffer().putInt(0).put(CALL).putLong(call).putInt(function).putInt(0);
        assert out.position() == CALL_HEAD : out.position();
        if (linked.self != null) {
            linked.self.encode(self, out);
            out.buffer().putInt(CALL_HEAD - 4, out.position() - CALL_HEAD);
        }
        linked.argument.encode(argument, out);
        return finished(out);
    }

    static ByteBuffer define(int function, FunctionName name) {
        return written(DEFINE, out -> {
            out.writeInt(function);
            name.write(out);
        });
    }

    /// @throws CodecException if the result cannot be encoded, or is null
    static ByteBuffer result(long call, Codec<Object> codec, @Nullable Object result) {
        if (result == null) {
            throw new NullPointerException("result of a pool's function: null, expected a value");
        }
        WireOutput out = WireOutput.growing(64, MOST);
        out.ensure(PREFIX + 9);
        out.buffer().putInt(0).put(RESULT).putLong(call);
        codec.encode(result, out);
        return finished(out);
    }

    static ByteBuffer failed(long call, Throwable failure) {
        return written(FAILED, out -> {
            out.writeLong(call);
            FailureImage.write(failure, out);
        });
    }

    private static ByteBuffer finished(WireOutput out) {
        ByteBuffer frame = out.buffer();
        return frame.putInt(0, frame.position() - PREFIX).flip();
    }

    private interface Body {
        void write(DataOutputStream out) throws IOException;
    }

    private static ByteBuffer written(byte kind, Body body) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeInt(0);
            out.writeByte(kind);
            body.write(out);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        ByteBuffer frame = ByteBuffer.wrap(bytes.toByteArray());
        return frame.putInt(0, frame.remaining() - PREFIX);
    }
}

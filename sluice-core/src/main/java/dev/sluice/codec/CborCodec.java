package dev.sluice.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// One value as one CBOR item.
final class CborCodec<T> implements Codec<T> {
    private static final int TAG_SELF_DESCRIBED = 55799; // says that what follows is CBOR

    private final String name;
    private final Schema<T> schema;
    private final CodecLimits limits;

    CborCodec(String name, Schema<T> schema, CodecLimits limits) {
        this.name = name;
        this.schema = schema;
        this.limits = limits;
    }

    @Override
    public void encode(T value, WireOutput out) {
        int start = out.position();
        boolean written = false;
        out.begin(limits);
        try {
            schema.writeChecked(value, out);
            out.requireSize();
            written = true;
        } catch (CodecException failure) {
            throw failure.in("encode " + name);
        } finally {
            out.done();
            if (!written) {
                out.position(start);
            }
        }
    }

    @Override
    public T decode(ByteBuffer bytes) {
        int start = bytes.position();
        ByteOrder order = bytes.order();
        boolean read = false;
        try {
            if (bytes.remaining() > limits.bytes()) {
                throw CodecException.limit("bytes", bytes.remaining(), limits.bytes());
            }
            CborReader in = new CborReader(bytes.order(ByteOrder.BIG_ENDIAN), limits);
            in.acceptTag(TAG_SELF_DESCRIBED);
            T value = schema.read(in);
            in.requireEnd();
            read = true;
            return value;
        } catch (CodecException failure) {
            throw failure.in("decode " + name);
        } finally {
            bytes.order(order);
            if (!read) {
                bytes.position(start);
            }
        }
    }

    @Override
    public String toString() {
        return "cbor " + name;
    }
}

package dev.sluice.session;

import dev.sluice.codec.Codec;
import dev.sluice.codec.WireOutput;

/// What is asked or answered: bytes that came, or a value that goes, which is encoded where its frame is.
sealed interface Content {
    void writeTo(WireOutput out);

    /// What came, or would come at the peer.
    byte[] bytes();

    final class Bytes implements Content {
        private final byte[] bytes;

        /// @param bytes of its own
        Bytes(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public void writeTo(WireOutput out) {
            out.put(bytes);
        }

        @Override
        public byte[] bytes() {
            return bytes;
        }
    }

    record Value<T>(T value, Codec<T> codec) implements Content {
        @Override
        public void writeTo(WireOutput out) {
            codec.encode(value, out);
        }

        @Override
        public byte[] bytes() {
            return codec.encode(value);
        }
    }
}

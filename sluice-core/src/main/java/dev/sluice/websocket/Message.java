package dev.sluice.websocket;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// What one side of a WebSocket sends at once.
public sealed interface Message {
    /// Text, which is UTF-8 on its way.
    ///
    /// @param text of any length that the peer takes
    record Text(String text) implements Message {
        @Override
        public byte[] bytes() {
            return text.getBytes(StandardCharsets.UTF_8);
        }
    }

    /// Bytes of any meaning.
    final class Binary implements Message {
        private final byte[] content;

        /// @param content not copied: do not change it
        public Binary(byte[] content) {
            this.content = content;
        }

        @Override
        public byte[] bytes() {
            return content;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Binary binary && Arrays.equals(content, binary.content);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(content);
        }

        @Override
        public String toString() {
            return "Binary[" + content.length + " bytes]";
        }
    }

    /// What is in it; do not change it.
    byte[] bytes();
}

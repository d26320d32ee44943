package dev.sluice.websocket;

import java.nio.ByteBuffer;
import java.security.SecureRandom;

/// What a client masks its frames with: numbers that nobody can guess (RFC 6455, 10.3), drawn several at a
/// time.
///
/// Threads: whoever holds the lock of the frames.
final class Masks {
    private static final int DRAWN_BYTES = 256;
    private static final int KEY_BYTES = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final ByteBuffer drawn = ByteBuffer.allocate(DRAWN_BYTES).limit(0);

    /// A mask; not 0, which would be none.
    int next() {
        while (true) {
            if (!drawn.hasRemaining()) {
                RANDOM.nextBytes(drawn.array());
                drawn.clear();
            }
            int mask = drawn.getInt();
            if (mask != 0) {
                return mask;
            }
        }
    }

    /// What a client sends with its handshake.
    static byte[] key() {
        byte[] key = new byte[KEY_BYTES];
        RANDOM.nextBytes(key);
        return key;
    }
}

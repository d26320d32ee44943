package dev.sluice.bench.net;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;

/// What a server is to do.
///
/// | work | what comes, and what goes back |
/// |---|---|
/// | echo, unix, udp | anything; the same, at once |
/// | idle | as echo, with little memory for each connection |
/// | framed, tls | payloads behind their length of four bytes; each of them as a frame of its own |
/// | bulk, bulk-tls | a count of eight bytes, big endian; so many bytes from memory, 64 KiB at a time |
/// | file | the same; so many bytes out of a file |
///
/// @param directory has `file`, `cert.pem` and `key.pem`
/// @param port is told where it listens; 0 for [#socket]
record Service(String work, Path directory, BlockingQueue<Integer> port) {
    /// What one read takes at most.
    static final int READ_BYTES = 8192;

    /// And while a connection is idle.
    static final int IDLE_BYTES = 1024;

    /// The largest payload of a frame.
    static final int FRAME_BYTES = 4096;

    /// How many connections may wait to be accepted.
    static final int BACKLOG = 4096;

    /// What all TLS is encrypted with: what Go and BoringSSL choose, who have no setting for it.
    static final String CIPHER_SUITE = "TLS_AES_128_GCM_SHA256";

    private static final int PATTERN_BYTES = 1 << 16;

    Path file() {
        return directory.resolve("file");
    }

    Path certificate() {
        return directory.resolve("cert.pem");
    }

    Path key() {
        return directory.resolve("key.pem");
    }

    /// The path of this process's Unix socket.
    Path socket() {
        return socket(directory, ProcessHandle.current().pid());
    }

    static Path socket(Path directory, long pid) {
        return directory.resolve("socket-" + pid);
    }

    /// What the file repeats.
    ByteBuffer pattern() throws IOException {
        try (InputStream file = Files.newInputStream(file())) {
            byte[] pattern = file.readNBytes(PATTERN_BYTES);
            return ByteBuffer.allocateDirect(PATTERN_BYTES).put(pattern).flip();
        }
    }

    IllegalArgumentException unknown() {
        return new IllegalArgumentException("server: work=" + work);
    }
}

package dev.sluice.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;

/// Blocking I/O on descriptors, for the test's end of what the code under test has the other end of.
public final class PlainIo {
    private static final int SHUTDOWN = Platform.AARCH64 ? 210 : 48;
    private static final int SHUT_WR = 1;

    private PlainIo() {}

    public static void write(CallState state, int fd, byte[] bytes) {
        long memory = Memory.allocate(bytes.length);
        Memory.copy(bytes, 0, memory, bytes.length);
        for (int written = 0; written < bytes.length; ) {
            int n = Unistd.write(state, fd, memory + written, bytes.length - written);
            assertThat(n).as("write").isPositive();
            written += n;
        }
        Memory.free(memory);
    }

    /// Reads exactly so many bytes.
    public static byte[] read(CallState state, int fd, int length) {
        long memory = Memory.allocate(length);
        for (int read = 0; read < length; ) {
            int n = Unistd.read(state, fd, memory + read, length - read);
            assertThat(n).as("read after %d bytes", read).isPositive();
            read += n;
        }
        byte[] bytes = new byte[length];
        Memory.copy(memory, bytes, 0, length);
        Memory.free(memory);
        return bytes;
    }

    /// Lets the other end of a socket find the end.
    public static void shutdownWriting(CallState state, int fd) {
        assertThat(Native.call(state, SHUTDOWN, fd, SHUT_WR)).as("shutdown").isZero();
    }
}

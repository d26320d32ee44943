package dev.sluice.internal.poll;

import dev.sluice.internal.linux.Memory;
import java.util.Arrays;
import java.util.Random;

/// Moves many bytes through a pipe with one read and one write in flight, in pieces of random size, and compares
/// them.
final class Transfer {
    private static final int PIECE = 200_000;

    private final Rig rig;
    private final byte[] sent;
    private final byte[] received;
    private final Random sizes;
    private final Recorded write;
    private final Recorded read;
    private int written;
    private int taken;

    Transfer(Rig rig, Rig.Pipe pipe, int bytes, long seed) {
        this.rig = rig;
        sizes = new Random(seed);
        sent = new byte[bytes];
        received = new byte[bytes];
        sizes.nextBytes(sent);
        write = Recorded.write(pipe.out(), rig.buffer, 0).then(this::wrote);
        read = Recorded.read(pipe.in(), rig.buffer + PIECE, 0).then(this::took);
    }

    Transfer shared() {
        write.shared();
        read.shared();
        return this;
    }

    void run() {
        submitWrite();
        submitRead();
        while (taken < received.length || written < sent.length) {
            rig.poller.poll(Long.MAX_VALUE);
        }
    }

    /// Index of the first byte that arrived wrong, or -1.
    int mismatch() {
        return Arrays.mismatch(sent, received);
    }

    private void submitWrite() {
        write.length = Math.min(1 + sizes.nextInt(PIECE), sent.length - written);
        Memory.copy(sent, written, write.address, write.length);
        rig.poller.submit(write);
    }

    private void wrote() {
        check(write.result, write.length, "write");
        written += write.result;
        if (written < sent.length) {
            submitWrite();
        }
    }

    private void submitRead() {
        read.length = 1 + sizes.nextInt(PIECE);
        rig.poller.submit(read);
    }

    private void took() {
        check(read.result, Math.min(read.length, received.length - taken), "read");
        Memory.copy(read.address, received, taken, read.result);
        taken += read.result;
        if (taken < received.length) {
            submitRead();
        }
    }

    private static void check(int result, int limit, String what) {
        if (result < 1 || result > limit) {
            throw new AssertionError(what + ": result=" + result + ", expected 1.." + limit);
        }
    }
}

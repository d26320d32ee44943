package dev.sluice.process;

import dev.sluice.internal.io.LoopCalls;
import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.Fcntl;
import dev.sluice.internal.linux.Memory;
import dev.sluice.internal.linux.Unistd;
import dev.sluice.internal.poll.Operation;

/// Writes a program's whole input into its pipe, as fast as it reads, without a task.
///
/// It ends with the last byte, or when nobody reads any more: that is not its failure but the program's choice.
///
/// Threads: the loop thread.
final class Feeder extends Operation {
    /// How much it writes at a time, however fast the program reads: then the loop's others have their turn.
    private static final int BLOCKS_AT_ONCE = 16;

    private final LoopCalls calls;
    private final byte[] bytes;
    private int written;

    private Feeder(LoopCalls calls, int pipe, byte[] bytes) {
        this.calls = calls;
        this.bytes = bytes;
        fd = pipe;
        kind = Kind.WRITABLE;
    }

    /// @param pipe the writing end, which is closed in the end
    static void feed(LoopCalls calls, int pipe, byte[] bytes) {
        var feeder = new Feeder(calls, pipe, bytes);
        if (!calls.execute(feeder::begin)) {
            Unistd.close(new CallState(), pipe); // the loop has ended: the program finds the end early
        }
    }

    private void begin() {
        int result = Fcntl.setStatusFlags(calls.state(), fd, Fcntl.O_NONBLOCK);
        assert result == 0 : Errno.message("prepare", "stdin of a child", result);
        calls.loop().poller().prepare(fd);
        completed(0);
    }

    @Override
    public void completed(int ready) {
        int result = ready;
        int blocks = 0;
        while (result >= 0 && written < bytes.length && blocks++ < BLOCKS_AT_ONCE) {
            int length = Math.min(bytes.length - written, LoopCalls.BLOCK_BYTES);
            Memory.copy(bytes, written, calls.scratch(), length);
            result = Unistd.write(calls.state(), fd, calls.scratch(), length);
            written += Math.max(result, 0);
        }
        boolean more = result == -Errno.EAGAIN || (result >= 0 && written < bytes.length);
        if (more && submit()) {
            return;
        }
        calls.loop().poller().release(fd);
        Unistd.close(calls.state(), fd);
    }

    /// @return false if the loop takes no more operations; the program finds the end early then, as if we had
    ///     failed
    private boolean submit() {
        try {
            calls.loop().poller().submit(this);
            return true;
        } catch (IllegalStateException full) {
            return false;
        }
    }
}

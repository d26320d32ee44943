package dev.sluice.process;

import dev.sluice.internal.io.LoopCalls;
import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.Fcntl;
import dev.sluice.internal.linux.Memory;
import dev.sluice.internal.linux.Unistd;
import dev.sluice.internal.poll.Operation;
import dev.sluice.observe.Report;
import dev.sluice.observe.Reports;
import java.io.IOException;
import java.io.OutputStream;

/// Writes a program's whole input into its pipe, as fast as it reads, without a task.
///
/// It ends with the last byte, or when nobody reads any more: that is not its failure but the program's choice.
/// After any other error the program takes a part of its input for the whole, and no caller waits for the
/// feeder: the error is reported.
///
/// Threads: the loop thread.
final class Feeder extends Operation {
    /// How much it writes at a time, however fast the program reads: then the loop's others have their turn.
    private static final int BLOCKS_AT_ONCE = 16;

    private final LoopCalls calls;
    private final String name;
    private final byte[] bytes;
    private int written; // loop thread

    private Feeder(LoopCalls calls, int pipe, String name, byte[] bytes) {
        this.calls = calls;
        this.name = name;
        this.bytes = bytes;
        fd = pipe;
        kind = Kind.WRITABLE;
    }

    /// @param pipe the writing end, which is closed in the end
    /// @param name what it is, for a report
    static void feed(LoopCalls calls, int pipe, String name, byte[] bytes) {
        var feeder = new Feeder(calls, pipe, name, bytes);
        if (!calls.execute(feeder::begin)) {
            Unistd.close(new CallState(), pipe);
            failed(name, new IOException("write " + name + ": its loop has ended"));
        }
    }

    /// The same on a thread of the caller's, that is blocked meanwhile.
    ///
    /// @param pipe is closed in the end
    static void feedBlocking(OutputStream pipe, String name, byte[] bytes) {
        try (pipe) {
            pipe.write(bytes);
        } catch (IOException broken) {
            String text = String.valueOf(broken.getMessage());
            // The JDK says "Stream closed" when the program has ended.
            if (!text.contains("Broken pipe") && !text.equals("Stream closed")) {
                failed(name, new IOException("write " + name + ": " + text, broken));
            }
        }
    }

    private static void failed(String name, IOException failure) {
        Reports.publish(new Report.UnobservedFailure("feeder of " + name, failure));
    }

    private void begin() {
        int result = Fcntl.setStatusFlags(calls.state(), fd, Fcntl.O_NONBLOCK);
        assert result == 0 : Errno.message("prepare", name, result);
        calls.loop().poller().prepare(fd);
        completed(0);
    }

    @Override
    public void completed(int ready) {
        // A loop that closes may cancel the wait before it tells that the program has ended, and reads no more.
        int result = ready == -Errno.ECANCELED && write() == -Errno.EPIPE ? -Errno.EPIPE : ready;
        int blocks = 0;
        while (result >= 0 && written < bytes.length && blocks++ < BLOCKS_AT_ONCE) {
            result = write();
            written += Math.max(result, 0);
        }
        boolean more = result == -Errno.EAGAIN || (result >= 0 && written < bytes.length);
        if (more) {
            result = submit();
        }
        if (!more || result < 0) {
            end(result);
        }
    }

    private int write() {
        int length = Math.min(bytes.length - written, LoopCalls.BLOCK_BYTES);
        Memory.copy(bytes, written, calls.scratch(), length);
        int result;
        do {
            result = Unistd.write(calls.state(), fd, calls.scratch(), length);
        } while (result == -Errno.EINTR);
        return result;
    }

    /// @return 0, or `-ENOBUFS` if the loop takes no more operations
    private int submit() {
        try {
            calls.loop().poller().submit(this);
            return 0;
        } catch (IllegalStateException full) {
            return -Errno.ENOBUFS;
        }
    }

    private void end(int result) {
        calls.loop().poller().release(fd);
        Unistd.close(calls.state(), fd);
        if (result < 0 && result != -Errno.EPIPE) {
            failed(name, Errno.exception("write", name + ", written=" + written + " of " + bytes.length, result));
        }
    }
}

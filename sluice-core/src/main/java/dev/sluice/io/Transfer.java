package dev.sluice.io;

import dev.sluice.internal.io.LoopCalls;
import dev.sluice.internal.io.SuspendedOperation;
import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.Memory;
import dev.sluice.internal.linux.Unistd;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Moves bytes between a buffer and a handle, one way, once at a time.
///
/// On a polled handle it waits until that is ready, and then makes the system call from the loop thread, which
/// cannot block: so a stream that waits holds no memory of ours, and a cancelled wait has moved nothing. On
/// others the poller makes the call, into a block or into the caller's direct buffer, which are its own until
/// it is done.
///
/// Threads: `run` and `tryNow` one strand at a time; the rest the loop thread.
final class Transfer extends SuspendedOperation {
    /// A result: the handle is closed.
    static final int CLOSED = LOOP_ENDED + 1;

    private final Handle handle;
    private final boolean reads;

    // Of the transfer in progress: written by the strand, read on the loop thread meanwhile.
    private @Nullable ByteBuffer buffer;
    private @Nullable ByteBuffer block;
    private long position = -1;

    Transfer(Handle handle, boolean reads) {
        super(handle.calls);
        this.handle = handle;
        this.reads = reads;
        fd = handle.fd;
        shared = handle.foreign;
    }

    /// Moves some bytes, at least one unless the end is reached, and the buffer's position with them.
    ///
    /// @param at where in a file, or -1 for its own position
    /// @return how many; 0 at the end; [#CLOSED], [#LOOP_ENDED] or the negated `errno`
    int run(ByteBuffer with, long at) {
        buffer = with;
        position = at;
        if (handle.way != Handle.Way.POLLED && !with.isDirect()) {
            return runByBlock(with);
        }
        length = with.isDirect() ? with.remaining() : Math.min(with.remaining(), LoopCalls.BLOCK_BYTES);
        try {
            return advance(with, perform(handle));
        } finally {
            buffer = null;
        }
    }

    private int runByBlock(ByteBuffer with) {
        ByteBuffer memory = handle.calls.takeBlock();
        try {
            length = Math.min(with.remaining(), memory.capacity());
            block = memory;
            if (!reads) {
                Memory.copy(with, Memory.address(memory), length);
            }
            int result = perform(handle);
            if (reads && result > 0) {
                Memory.copy(Memory.address(memory), with, result);
            }
            return advance(with, result);
        } finally {
            buffer = null;
            block = null;
            handle.calls.giveBlock(memory);
        }
    }

    /// Moves what can be moved at once, without waiting. Loop thread only, and on polled handles that are not
    /// closed.
    ///
    /// @return as [#run], or `-EAGAIN`
    int tryNow(ByteBuffer with) {
        assert handle.way == Handle.Way.POLLED;
        buffer = with;
        length = with.isDirect() ? with.remaining() : Math.min(with.remaining(), LoopCalls.BLOCK_BYTES);
        try {
            return advance(with, move(with));
        } finally {
            buffer = null;
        }
    }

    private static int advance(ByteBuffer with, int result) {
        if (result > 0) {
            with.position(with.position() + result);
        }
        return result;
    }

    @Override
    protected int admit() {
        if (!handle.begin(this)) {
            return CLOSED;
        }
        ByteBuffer with = Objects.requireNonNull(buffer);
        if (handle.way == Handle.Way.POLLED) {
            kind = reads ? Kind.READABLE : Kind.WRITABLE;
        } else {
            kind = reads ? Kind.READ : Kind.WRITE;
            address = Memory.address(block != null ? block : with);
            offset = position;
        }
        return 0;
    }

    @Override
    protected int step(int answer) {
        if (handle.way != Handle.Way.POLLED || answer < 0) {
            return answer;
        }
        int result = move(Objects.requireNonNull(buffer));
        return result == -Errno.EAGAIN ? AGAIN : result;
    }

    @Override
    protected void ended(int last) {
        handle.end(this);
    }

    /// One system call that does not block.
    private int move(ByteBuffer with) {
        boolean direct = with.isDirect();
        long memory = direct ? Memory.address(with) : handle.calls.scratch();
        if (!reads && !direct) {
            Memory.copy(with, memory, length);
        }
        int result;
        do {
            result = reads
                    ? Unistd.read(handle.calls.state(), fd, memory, length)
                    : Unistd.write(handle.calls.state(), fd, memory, length);
        } while (result == -Errno.EINTR);
        if (reads && !direct && result > 0) {
            Memory.copy(memory, with, result);
        }
        return result;
    }
}

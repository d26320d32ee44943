package dev.sluice.io;

import dev.sluice.internal.io.SuspendedOperation;
import dev.sluice.internal.io.Turn;
import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.strand.Sleep;
import dev.sluice.internal.strand.Strand;
import java.nio.ByteBuffer;

/// One direction of a handle: keeps users apart, and names failures.
///
/// Threads: any; who has the turn is the user.
abstract class DescriptorStream {
    /// How often in a row something may be moved without a suspension, before others get their turn.
    private static final int AT_ONCE = 16;

    final Handle handle;
    private final boolean closesHandle;
    private final String operation;
    private final Transfer transfer;
    private final Turn turn = new Turn();

    private volatile boolean closed; // set by any thread; pairs with the read in enter

    // The user only.
    private int atOnce;

    /// @param closesHandle whether the handle is this stream's alone
    DescriptorStream(Handle handle, boolean reads, boolean closesHandle) {
        this.handle = handle;
        this.closesHandle = closesHandle;
        this.operation = reads ? "read" : "write";
        this.transfer = new Transfer(handle, reads);
    }

    /// Begins a use; [#leave] ends it.
    final void enter() throws StreamException {
        turn.enter(operation, this, StreamBusyException::new);
        if (closed) {
            turn.leave();
            throw StreamException.closed(operation, handle.name);
        }
    }

    final void leave() {
        turn.leave();
    }

    /// Moves some bytes.
    ///
    /// @param eager whether it is likely that this needs no waiting
    /// @return how many; 0 at the end
    final int move(ByteBuffer buffer, long position, boolean eager) throws StreamException {
        int result = -Errno.EAGAIN;
        if (eager && handle.way == Handle.Way.POLLED && handle.calls.loop().onLoop()) {
            if (++atOnce >= AT_ONCE) {
                atOnce = 0;
                Sleep.pass(Strand.current());
            }
            // A close that came while we let others pass has happened on this thread.
            result = closed ? Transfer.CLOSED : transfer.tryNow(buffer);
        }
        if (result == -Errno.EAGAIN) {
            atOnce = 0;
            result = transfer.run(buffer, position);
        }
        if (result < 0) {
            throw failure(result);
        }
        return result;
    }

    private StreamException failure(int result) {
        return switch (result) {
            case Transfer.CLOSED -> StreamException.closed(operation, handle.name);
            case -Errno.ECANCELED ->
                closed
                        ? StreamException.closed(operation, handle.name)
                        : StreamException.loopEnded(operation, handle.name);
            case SuspendedOperation.LOOP_ENDED -> StreamException.loopEnded(operation, handle.name);
            default -> StreamException.of(operation, handle.name, result);
        };
    }

    public final void close() throws StreamException {
        if (!closed) {
            closed = true;
            int result = closesHandle ? handle.close() : 0;
            if (result < 0) {
                throw StreamException.of("close", handle.name, result);
            }
        }
    }

    @Override
    public final String toString() {
        return handle.name;
    }
}

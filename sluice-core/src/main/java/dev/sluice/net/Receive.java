package dev.sluice.net;

import dev.sluice.internal.io.SuspendedOperation;
import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.Memory;
import dev.sluice.internal.linux.Socket;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The one receive of a connection, used again and again.
///
/// A direct buffer is received into as it is. Anything else is received into memory of the poller's, and copied
/// on the loop thread while the reader still waits: so a reader that waits holds no memory, and a cancelled one
/// has either all of it or nothing.
///
/// Threads: `run` and `tryNow` one strand at a time; the rest the loop thread.
final class Receive extends SuspendedOperation {
    private final KernelSocket socket;
    private @Nullable ByteBuffer buffer; // of the receive in progress

    Receive(KernelSocket socket) {
        super(socket.calls);
        this.socket = socket;
        kind = Kind.RECV;
        fd = socket.fd;
    }

    /// Receives at least a byte, and moves the buffer's position.
    ///
    /// @return how many; 0 at the end; [KernelSocket#CLOSED], [#LOOP_ENDED] or the negated `errno`
    int run(ByteBuffer into) {
        buffer = into;
        length = into.remaining();
        address = into.isDirect() ? Memory.address(into) : 0;
        try {
            return advance(into, perform(socket));
        } finally {
            buffer = null;
        }
    }

    /// Receives what is there. On the loop thread.
    ///
    /// @return as [#run], or `-EAGAIN`
    int tryNow(ByteBuffer into) {
        if (socket.isClosing()) {
            return KernelSocket.CLOSED;
        }
        boolean direct = into.isDirect();
        int most = direct ? into.remaining() : Math.min(into.remaining(), NetLoop.CHUNK_BYTES);
        long memory = direct ? Memory.address(into) : socket.calls.scratch();
        int result;
        do {
            result = Socket.receive(socket.calls.state(), fd, memory, most, Socket.MSG_DONTWAIT);
        } while (result == -Errno.EINTR);
        if (result > 0 && !direct) {
            Memory.copy(memory, into, result);
        }
        return advance(into, result);
    }

    private static int advance(ByteBuffer into, int result) {
        if (result > 0) {
            into.position(into.position() + result);
        }
        return result;
    }

    @Override
    protected int admit() {
        return socket.begin() ? 0 : KernelSocket.CLOSED;
    }

    @Override
    protected int step(int answer) {
        if (answer > 0 && address == 0) {
            Memory.copy(received, Objects.requireNonNull(buffer), answer);
        }
        return answer;
    }

    @Override
    protected void ended(int result) {
        if (result != KernelSocket.CLOSED) {
            socket.end();
        }
    }
}

package dev.sluice.net;

import dev.sluice.internal.io.SuspendedOperation;
import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.Memory;
import dev.sluice.internal.strand.Sleep;
import dev.sluice.internal.strand.Strand;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A receive for each read: the one of a connection, used again and again.
///
/// A direct buffer is received into as it is. Anything else is received into memory of the poller's, and copied
/// on the loop thread while the reader still waits: so a reader that waits holds no memory, and a cancelled one
/// has either all of it or nothing.
///
/// Threads: `read` one strand at a time; the rest the loop thread.
final class Receive extends SuspendedOperation implements Incoming {
    /// How often in a row something may be read without a suspension, before others get their turn.
    static final int AT_ONCE = 16;

    private final KernelSocket socket;
    private int atOnce; // the reader only
    private @Nullable ByteBuffer buffer; // of the receive in progress

    Receive(KernelSocket socket) {
        super(socket.calls);
        this.socket = socket;
        kind = Kind.RECV;
        fd = socket.fd;
    }

    @Override
    public int read(ByteBuffer into) {
        if (hasMore() && socket.calls.loop().onLoop()) {
            if (++atOnce >= AT_ONCE) {
                atOnce = 0;
                Sleep.pass(Strand.current());
            }
            int result = tryNow(into);
            if (result != -Errno.EAGAIN) {
                return result;
            }
        }
        atOnce = 0;
        return run(into);
    }

    @Override
    public void stop() {
        cancel();
    }

    @Override
    public boolean discard() {
        return false;
    }

    private int run(ByteBuffer into) {
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
    /// @return as [#read], or `-EAGAIN`
    private int tryNow(ByteBuffer into) {
        if (socket.isClosing()) {
            return KernelSocket.CLOSED;
        }
        boolean direct = into.isDirect();
        int most = direct ? into.remaining() : Math.min(into.remaining(), NetLoop.CHUNK_BYTES);
        long memory = direct ? Memory.address(into) : socket.calls.scratch();
        int result;
        do {
            result = socket.net.sockets().receive(fd, memory, most);
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

package dev.sluice.net;

import dev.sluice.internal.io.SuspendedOperation;
import dev.sluice.internal.linux.Errno;

/// One system call beside the plain sends and receives, made when the socket is ready for it: so one that is
/// cancelled has taken and given nothing.
///
/// Threads: see [SuspendedOperation].
abstract class Passing extends SuspendedOperation {
    final SocketConnection connection;

    /// @param kind `READABLE` to receive, `WRITABLE` to send
    Passing(SocketConnection connection, Kind kind) {
        super(connection.calls);
        this.connection = connection;
        this.kind = kind;
        fd = connection.fd;
    }

    /// Makes the system call, which does not wait. On the loop thread.
    ///
    /// @return what it gave, `-EAGAIN` if the socket is not ready
    abstract int pass();

    @Override
    protected int admit() {
        if (!connection.begin()) {
            return KernelSocket.CLOSED;
        }
        connection.passings.add(this);
        return 0;
    }

    @Override
    protected int step(int answer) {
        if (answer < 0) {
            return answer;
        }
        int result = tryNow();
        return result == -Errno.EAGAIN ? AGAIN : result;
    }

    /// As [#pass], also if a signal comes.
    final int tryNow() {
        int result;
        do {
            result = pass();
        } while (result == -Errno.EINTR);
        return result;
    }

    @Override
    protected void ended(int last) {
        if (connection.passings.remove(this)) {
            connection.end();
        }
    }
}

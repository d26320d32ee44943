package dev.sluice.net;

import dev.sluice.internal.io.SuspendedOperation;
import dev.sluice.internal.linux.DescriptorMessage;
import dev.sluice.internal.linux.Errno;

/// One message with descriptors, sent or received when the socket is ready for it: so one that is cancelled has
/// taken and given nothing.
///
/// Threads: see [SuspendedOperation].
final class Passing extends SuspendedOperation {
    private final SocketConnection connection;
    private final DescriptorMessage message;

    /// @param kind `READABLE` to receive, `WRITABLE` to send
    Passing(SocketConnection connection, DescriptorMessage message, Kind kind) {
        super(connection.calls);
        this.connection = connection;
        this.message = message;
        this.kind = kind;
        fd = connection.fd;
    }

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
        int result;
        do {
            result = kind == Kind.READABLE
                    ? message.receive(connection.calls.state(), fd)
                    : message.send(connection.calls.state(), fd);
        } while (result == -Errno.EINTR);
        return result == -Errno.EAGAIN ? AGAIN : result;
    }

    @Override
    protected void ended(int last) {
        if (connection.passings.remove(this)) {
            connection.end();
        }
    }
}

package dev.sluice.net;

import dev.sluice.internal.io.SuspendedOperation;

/// One wait until a socket is ready; several may wait at the same time.
///
/// Threads: see [SuspendedOperation].
final class Ready extends SuspendedOperation {
    private final DatagramSocket socket;

    /// @param kind `READABLE` or `WRITABLE`
    Ready(DatagramSocket socket, Kind kind) {
        super(socket.calls);
        this.socket = socket;
        this.kind = kind;
        fd = socket.fd;
    }

    @Override
    protected int admit() {
        if (!socket.begin()) {
            return KernelSocket.CLOSED;
        }
        socket.waits.add(this);
        return 0;
    }

    @Override
    protected int step(int answer) {
        return answer;
    }

    @Override
    protected void ended(int last) {
        if (socket.waits.remove(this)) {
            socket.end();
        }
    }
}

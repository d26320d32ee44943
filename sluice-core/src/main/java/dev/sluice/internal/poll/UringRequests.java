package dev.sluice.internal.poll;

import dev.sluice.internal.linux.Poll;
import dev.sluice.internal.linux.Socket;
import dev.sluice.internal.linux.Uring;
import dev.sluice.internal.linux.UringLayout;

/// Operations as requests of io_uring.
///
/// Threads: that of the ring.
final class UringRequests {
    private static final long NO_SIGNAL = (long) Socket.MSG_NOSIGNAL << Integer.SIZE; // beside the length
    private static final long CLOSED_ON_EXEC = (long) Socket.SOCK_CLOEXEC << Integer.SIZE;

    private UringRequests() {}

    /// Asks for what an operation wants.
    ///
    /// @param pollFirst of a receive: wait before the first attempt (Linux 5.19)
    static void push(UringRing ring, Operation operation, long tag, boolean pollFirst) {
        int fd = operation.fd;
        long address = operation.address;
        long length = operation.length;
        switch (operation.kind) {
            case READ -> ring.push(UringLayout.sqeHead(Uring.OP_READ, fd), operation.offset, address, length, tag);
            case WRITE -> ring.push(UringLayout.sqeHead(Uring.OP_WRITE, fd), operation.offset, address, length, tag);
            case RECV -> ring.push(receive(operation, pollFirst), 0, address, length, tag);
            case RECV_EACH -> ring.push(receiveEach(fd), 0, 0, 0, tag);
            case SEND -> ring.push(UringLayout.sqeHead(Uring.OP_SEND, fd), 0, address, length | NO_SIGNAL, tag);
            case ACCEPT -> ring.push(UringLayout.sqeHead(Uring.OP_ACCEPT, fd), 0, 0, CLOSED_ON_EXEC, tag);
            case CONNECT -> ring.push(UringLayout.sqeHead(Uring.OP_CONNECT, fd), length, address, 0, tag);
            case READABLE, WRITABLE -> poll(ring, operation, tag);
        }
    }

    /// Asks to be told when the operation's descriptor is ready for it.
    static void poll(UringRing ring, Operation operation, long tag) {
        long events = operation.kind.reads() ? Poll.POLLIN : Poll.POLLOUT;
        ring.push(UringLayout.sqeHead(Uring.OP_POLL_ADD, operation.fd), 0, 0, events << Integer.SIZE, tag);
    }

    private static long receive(Operation operation, boolean pollFirst) {
        int flags = operation.receivesAnywhere() ? Uring.SQE_BUFFER_SELECT : 0;
        return UringLayout.sqeHead(Uring.OP_RECV, flags, pollFirst ? Uring.RECV_POLL_FIRST : 0, operation.fd);
    }

    private static long receiveEach(int fd) {
        return UringLayout.sqeHead(Uring.OP_RECV, Uring.SQE_BUFFER_SELECT, Uring.RECV_MULTISHOT, fd);
    }
}

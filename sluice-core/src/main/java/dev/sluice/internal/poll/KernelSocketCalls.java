package dev.sluice.internal.poll;

import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.DatagramBatch;
import dev.sluice.internal.linux.MessageBatch;
import dev.sluice.internal.linux.Socket;
import dev.sluice.internal.linux.Unistd;

/// The kernel's sockets, by system calls.
///
/// Threads: that of the state.
public final class KernelSocketCalls implements SocketCalls {
    private final CallState state;

    public KernelSocketCalls(CallState state) {
        this.state = state;
    }

    @Override
    public int open(int family, int type) {
        return Socket.open(state, family, type);
    }

    @Override
    public int bind(int fd, byte[] place) {
        return Socket.bind(state, fd, place);
    }

    @Override
    public int listen(int fd, int backlog) {
        return Socket.listen(state, fd, backlog);
    }

    @Override
    public int connect(int fd, byte[] place) {
        return Socket.connect(state, fd, place);
    }

    @Override
    public byte[] name(int fd) {
        return Socket.name(state, fd);
    }

    @Override
    public byte[] peer(int fd) {
        return Socket.peer(state, fd);
    }

    @Override
    public int setOption(int fd, int level, int option, int value) {
        return Socket.setOption(state, fd, level, option, value);
    }

    @Override
    public int group(int fd, int what, byte[] group, int networkInterface) {
        return Socket.group(state, fd, what, group, networkInterface);
    }

    @Override
    public int multicastInterface(int fd, int networkInterface) {
        return Socket.multicastInterface(state, fd, networkInterface);
    }

    @Override
    public int receive(int fd, long address, int length) {
        return Socket.receive(state, fd, address, length, Socket.MSG_DONTWAIT);
    }

    @Override
    public int shutdownOutput(int fd) {
        return Socket.shutdown(state, fd, Socket.SHUT_WR);
    }

    @Override
    public int resetOnClose(int fd) {
        return Socket.resetOnClose(state, fd);
    }

    @Override
    public boolean knowsPeers() {
        return true;
    }

    @Override
    public int[] peerCredentials(int fd) {
        return Socket.peerCredentials(state, fd);
    }

    @Override
    public int adopt(SocketCalls from, int fd) {
        return fd; // one table for the whole process
    }

    @Override
    public DatagramBatch batch() {
        return new MessageBatch(state);
    }

    @Override
    public int close(int fd) {
        return Unistd.close(state, fd);
    }
}

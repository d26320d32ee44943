package dev.sluice.internal.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/// `sys/socket.h`, with the options of `netinet/in.h` and `netinet/tcp.h`. The addresses are in
/// [SocketAddresses].
///
/// The calls that move bytes block when the descriptor does: a loop makes them with `MSG_DONTWAIT`, or on
/// descriptors that do not.
public final class Socket {
    public static final int AF_UNIX = 1;
    public static final int AF_INET = 2;
    public static final int AF_INET6 = 10;

    public static final int SOCK_STREAM = 1;
    public static final int SOCK_DGRAM = 2;
    public static final int SOCK_CLOEXEC = Fcntl.O_CLOEXEC;

    public static final int SOL_SOCKET = 1;
    public static final int SO_REUSEADDR = 2;
    public static final int SO_TYPE = 3;
    public static final int SO_BROADCAST = 6;
    public static final int SO_SNDBUF = 7;
    public static final int SO_RCVBUF = 8;
    public static final int SO_KEEPALIVE = 9;
    public static final int SO_LINGER = 13;
    public static final int SO_REUSEPORT = 15;
    public static final int SO_PEERCRED = 17;
    public static final int SO_ACCEPTCONN = 30;

    public static final int IPPROTO_TCP = 6;
    public static final int TCP_NODELAY = 1;
    public static final int TCP_KEEPIDLE = 4;
    public static final int TCP_KEEPINTVL = 5;
    public static final int TCP_KEEPCNT = 6;

    public static final int IPPROTO_IP = 0;
    public static final int IP_MULTICAST_IF = 32;
    public static final int IP_MULTICAST_TTL = 33;
    public static final int MCAST_JOIN_GROUP = 42; // of both families
    public static final int MCAST_LEAVE_GROUP = 45;

    public static final int IPPROTO_IPV6 = 41;
    public static final int IPV6_MULTICAST_IF = 17;
    public static final int IPV6_MULTICAST_HOPS = 18;
    public static final int IPV6_V6ONLY = 26;

    public static final int MSG_DONTWAIT = 0x40;
    public static final int MSG_NOSIGNAL = 0x4000;

    public static final int SHUT_RD = 0;
    public static final int SHUT_WR = 1;

    private static final int GROUP_ADDRESS = 8;
    private static final int GROUP_BYTES = 136;
    private static final int MREQN_BYTES = 12;
    private static final int LENGTH = 128; // where an address's length stands in the scratch, behind the address

    static {
        assert SocketAddresses.MAX_BYTES <= LENGTH && LENGTH + Integer.BYTES <= CallState.SCRATCH_BYTES;
        assert GROUP_BYTES <= CallState.SCRATCH_BYTES;
    }

    private Socket() {}

    /// `socket(2)`, closed on exec.
    ///
    /// @return a descriptor, or the negated `errno`
    public static int open(CallState state, int family, int type) {
        return Native.call(state, SystemCall.SOCKET, family, type | SOCK_CLOEXEC, 0);
    }

    /// `socketpair(2)` of Unix streams, closed on exec.
    ///
    /// @return one end in the lower, the other in the upper half, as of [Unistd#pipe2]; or the negated `errno`
    public static long pair(CallState state) {
        long result = Native.call(
                state, SystemCall.SOCKETPAIR, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, state.scratchAddress(), 0, 0);
        return result < 0 ? result : Memory.getLong(state.scratchAddress());
    }

    /// `bind(2)`.
    public static int bind(CallState state, int fd, byte[] address) {
        return Native.call(state, SystemCall.BIND, fd, lend(state, address), address.length);
    }

    /// `listen(2)`.
    public static int listen(CallState state, int fd, int backlog) {
        return Native.call(state, SystemCall.LISTEN, fd, backlog);
    }

    /// `accept4(2)`, closed on exec, without the address.
    public static int accept(CallState state, int fd) {
        return (int) Native.call(state, SystemCall.ACCEPT4, fd, 0, 0, SOCK_CLOEXEC, 0, 0);
    }

    /// `connect(2)`; on Linux a second one tells how the first went.
    public static int connect(CallState state, int fd, long address, int length) {
        return Native.call(state, SystemCall.CONNECT, fd, address, length);
    }

    /// `connect(2)` of a datagram socket, which does not wait: it says where its datagrams go.
    public static int connect(CallState state, int fd, byte[] address) {
        return connect(state, fd, lend(state, address), address.length);
    }

    /// `recv(2)`.
    ///
    /// @return bytes received, 0 at the end, or the negated `errno`
    public static int receive(CallState state, int fd, long address, int length, int flags) {
        return (int) Native.call(state, SystemCall.RECVFROM, fd, address, length, flags, 0, 0);
    }

    /// Blocks the thread until a peer that never writes has gone, or [#SHUT_RD] says so.
    ///
    /// @return 0, or the negated `errno`
    public static int awaitEnd(CallState state, int fd) {
        int result;
        do {
            result = receive(state, fd, state.scratchAddress(), 1, 0);
        } while (result == -Errno.EINTR);
        return result;
    }

    /// `send(2)`; a lost reader is an error, not a signal.
    ///
    /// @return bytes sent, perhaps fewer, or the negated `errno`
    public static int send(CallState state, int fd, long address, int length, int flags) {
        return (int) Native.call(state, SystemCall.SENDTO, fd, address, length, flags | MSG_NOSIGNAL, 0, 0);
    }

    /// `sendfile(2)`, whatever the descriptor's flags say without waiting for room in the socket. A lost reader
    /// is an error and a signal, which the JVM does not care for.
    ///
    /// @param position where in the file, whose own position stays
    /// @return bytes sent, perhaps fewer, 0 at the end of the file, or the negated `errno`: `-EAGAIN` when
    ///     there is no room
    public static int sendFile(CallState state, int fd, int file, long position, int length) {
        int flags = Fcntl.getStatusFlags(state, fd);
        boolean blocks = flags >= 0 && (flags & Fcntl.O_NONBLOCK) == 0;
        if (blocks) {
            Fcntl.setStatusFlags(state, fd, flags | Fcntl.O_NONBLOCK); // the call has no flag of its own
        }
        state.scratch.set(JAVA_LONG, 0, position);
        long address = state.scratchAddress();
        int result = (int) Native.call(state, SystemCall.SENDFILE, fd, file, address, length, 0, 0);
        if (blocks) {
            Fcntl.setStatusFlags(state, fd, flags);
        }
        return result;
    }

    /// `shutdown(2)`.
    public static int shutdown(CallState state, int fd, int how) {
        return Native.call(state, SystemCall.SHUTDOWN, fd, how);
    }

    /// The address of this end.
    ///
    /// @return empty after an error
    public static byte[] name(CallState state, int fd) {
        return name(state, SystemCall.GETSOCKNAME, fd);
    }

    /// The address of the other end.
    ///
    /// @return empty after an error: the peer has gone
    public static byte[] peer(CallState state, int fd) {
        return name(state, SystemCall.GETPEERNAME, fd);
    }

    private static byte[] name(CallState state, int call, int fd) {
        state.scratch.set(JAVA_INT, LENGTH, LENGTH);
        int result = Native.call(state, call, fd, state.scratchAddress(), state.scratchAddress() + LENGTH);
        int length = result < 0 ? 0 : Math.min(LENGTH, state.scratch.get(JAVA_INT, LENGTH));
        byte[] address = new byte[length];
        MemorySegment.copy(state.scratch, JAVA_BYTE, 0, address, 0, length);
        return address;
    }

    /// `setsockopt(2)` of an `int`.
    public static int setOption(CallState state, int fd, int level, int option, int value) {
        state.scratch.set(JAVA_INT, 0, value);
        return setOption(state, fd, level, option, state.scratchAddress(), Integer.BYTES);
    }

    private static int setOption(CallState state, int fd, int level, int option, long address, int length) {
        return (int) Native.call(state, SystemCall.SETSOCKOPT, fd, level, option, address, length, 0);
    }

    /// `getsockopt(2)` of an `int`.
    ///
    /// @return the value, or the negated `errno`
    public static int getOption(CallState state, int fd, int level, int option) {
        state.scratch.set(JAVA_INT, LENGTH, Integer.BYTES);
        long address = state.scratchAddress();
        long result = Native.call(state, SystemCall.GETSOCKOPT, fd, level, option, address, address + LENGTH, 0);
        return result < 0 ? (int) result : state.scratch.get(JAVA_INT, 0);
    }

    /// Joins a group of receivers, or leaves it: `struct group_req { interface, pad, address of 128 bytes }`.
    ///
    /// @param option `MCAST_JOIN_GROUP` or `MCAST_LEAVE_GROUP`
    /// @param networkInterface its index; 0: the system's choice
    public static int group(CallState state, int fd, int option, byte[] address, int networkInterface) {
        state.scratch.asSlice(0, GROUP_BYTES).fill((byte) 0);
        state.scratch.set(JAVA_INT, 0, networkInterface);
        MemorySegment.copy(address, 0, state.scratch, JAVA_BYTE, GROUP_ADDRESS, address.length);
        int level = SocketAddresses.family(address) == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;
        return setOption(state, fd, level, option, state.scratchAddress(), GROUP_BYTES);
    }

    /// Where datagrams for groups of IPv4 go out: `struct ip_mreqn { group, address, index }`.
    public static int multicastInterface(CallState state, int fd, int networkInterface) {
        state.scratch.asSlice(0, MREQN_BYTES).fill((byte) 0);
        state.scratch.set(JAVA_INT, 2 * Integer.BYTES, networkInterface);
        return setOption(state, fd, IPPROTO_IP, IP_MULTICAST_IF, state.scratchAddress(), MREQN_BYTES);
    }

    /// Has the close end the connection at once, with a reset: `struct linger { 1, 0 }`.
    public static int resetOnClose(CallState state, int fd) {
        state.scratch.set(JAVA_INT, 0, 1);
        state.scratch.set(JAVA_INT, Integer.BYTES, 0);
        return setOption(state, fd, SOL_SOCKET, SO_LINGER, state.scratchAddress(), 2 * Integer.BYTES);
    }

    /// Who is at the other end of a Unix socket, as of its connect: `struct ucred { pid, uid, gid }`.
    ///
    /// @return the three, or empty after an error
    public static int[] peerCredentials(CallState state, int fd) {
        state.scratch.set(JAVA_INT, LENGTH, 3 * Integer.BYTES);
        long address = state.scratchAddress();
        long result =
                Native.call(state, SystemCall.GETSOCKOPT, fd, SOL_SOCKET, SO_PEERCRED, address, address + LENGTH, 0);
        int[] credentials = new int[result < 0 ? 0 : 3];
        MemorySegment.copy(state.scratch, JAVA_INT, 0, credentials, 0, credentials.length);
        return credentials;
    }

    private static long lend(CallState state, byte[] address) {
        MemorySegment.copy(address, 0, state.scratch, JAVA_BYTE, 0, address.length);
        return state.scratchAddress();
    }
}

package dev.sluice.internal.poll;

import dev.sluice.internal.linux.DatagramBatch;

/// What is done with sockets beside the operations of a [Poller]: none of it waits.
///
/// Families, types, levels and options have the numbers of [dev.sluice.internal.linux.Socket], addresses the
/// bytes of [dev.sluice.internal.linux.SocketAddresses], and errors are negated numbers of
/// [dev.sluice.internal.linux.Errno], whoever makes the calls.
///
/// Threads: as the implementation says.
public interface SocketCalls {
    /// A new socket.
    ///
    /// @return a descriptor, or the negated `errno`
    int open(int family, int type);

    /// Gives a socket an address.
    int bind(int fd, byte[] place);

    /// Lets a socket that has an address accept connections.
    int listen(int fd, int backlog);

    /// Says where the datagrams of a socket go.
    int connect(int fd, byte[] place);

    /// The address of this end; empty after an error.
    byte[] name(int fd);

    /// The address of the other end; empty after an error: the peer has gone.
    byte[] peer(int fd);

    /// Sets an option that is a number.
    int setOption(int fd, int level, int option, int value);

    /// Joins a group of receivers, or leaves it.
    ///
    /// @param what `MCAST_JOIN_GROUP` or `MCAST_LEAVE_GROUP`
    /// @param networkInterface its index; 0: the system's choice
    int group(int fd, int what, byte[] group, int networkInterface);

    /// Where datagrams for groups of IPv4 go out.
    int multicastInterface(int fd, int networkInterface);

    /// Receives what is there.
    ///
    /// @return bytes received, 0 at the end, `-EAGAIN` if nothing is there, or another negated `errno`
    int receive(int fd, long address, int length);

    /// Ends the writing.
    int shutdownOutput(int fd);

    /// Has the close end the connection at once, with a reset.
    int resetOnClose(int fd);

    /// Whether [#peerCredentials] can be asked for.
    boolean knowsPeers();

    /// Who is at the other end of a Unix socket: process, user, group.
    ///
    /// @return the three, or empty after an error
    int[] peerCredentials(int fd);

    /// Takes over a socket that a loop of the same kind has accepted, and that nobody has used yet.
    ///
    /// @return its descriptor here
    int adopt(SocketCalls from, int fd);

    /// Places for datagrams, to be freed. Used by one thread at a time.
    DatagramBatch batch();

    /// Ends a socket.
    int close(int fd);
}

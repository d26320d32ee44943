package dev.sluice.internal.poll;

import org.jspecify.annotations.Nullable;

/// One request to the kernel, reusable after it has completed.
///
/// The subclass is what happens at the end. The fields describe the request and are set by the submitter while
/// the operation is idle; `slot` and `next` belong to the poller.
///
///     idle ──submit──▶ in flight ──completed(result)──▶ idle
///
/// Threads: the loop thread only, from `submit` to `completed`.
public abstract class Operation {
    /// What is asked of the kernel.
    public enum Kind {
        /// `read(fd, address, length)`, at `offset` for a file, or at its own position with `offset = -1`
        READ,
        /// `write(fd, address, length)`, likewise; may write less
        WRITE,
        /// wait until `fd` is readable (a pidfd: until the process has ended); the result is the events that
        /// `poll(2)` would give
        READABLE,
        /// wait until `fd` is writable; likewise
        WRITABLE,
        /// `recv(fd, address, length)` on a stream socket. Without an address (0) into memory of the poller's,
        /// at most 8 KiB: nothing is held while nothing comes, and [#received] says where the bytes are
        RECV,
        /// `recv(fd)` again and again, whenever something comes, until it is cancelled or there is nothing more
        /// to come: only where [Poller#receivesEach]. Each time [#arrived] is told, and [#lent] says which of
        /// the poller's buffers has it, for the owner to give back. It completes with 0 at the end of the
        /// stream; with `-EAGAIN` when it has ended by itself and may be submitted again; with `-ENOBUFS` when
        /// all buffers are lent
        RECV_EACH,
        /// `send(fd, address, length)` on a stream socket, without a signal; may send less. Both are read
        /// inside the next poll: until then the owner may let `length` grow, so that what is written in one
        /// tick is one request
        SEND,
        /// `accept4(fd)`; the result is a descriptor, closed on exec
        ACCEPT,
        /// `connect(fd, address, length)`, where `address` is that of a socket address; `-EBUSY` when the queue
        /// of a Unix listener is full, and the caller is to try again later
        CONNECT;

        /// Whether it waits for something to come in; else for room to send.
        boolean reads() {
            return this == READ || this == READABLE || this == RECV || this == RECV_EACH || this == ACCEPT;
        }

        /// Whether it only waits.
        boolean onlyWaits() {
            return this == READABLE || this == WRITABLE;
        }

        /// Whether it moves bytes, and the result is how many.
        boolean movesBytes() {
            return this == READ || this == WRITE || this == RECV || this == SEND;
        }
    }

    /// What to do; set before each submit.
    public Kind kind = Kind.READ;

    /// The descriptor: one that [Poller#prepare] was called for, unless `shared`.
    public int fd = -1;

    /// Whether other processes use the same open file description, as for the standard streams: its flags are
    /// left alone, and where that leaves a blocking descriptor, a write may be cut to what cannot block. Such a
    /// descriptor is never prepared.
    public boolean shared;

    /// Native address of the buffer, for all that move bytes, and of the socket address for `CONNECT`. The
    /// owner keeps the memory alive until `completed`.
    public long address;

    /// Where a `RECV` without an address has put the bytes: valid inside `completed`, and no longer.
    public long received;

    /// Where a `RECV_EACH` has put the bytes: inside `arrived`, the number of the lent buffer.
    public int lent;

    /// Bytes to move at most.
    public int length;

    /// File position, or -1 for the descriptor's own (the only value for pipes and sockets).
    public long offset = -1;

    /// The poller's own: where it keeps the operation; -1 while idle.
    public int slot = -1;

    /// The poller's own: the last `RECV` left something behind, so the next one need not wait.
    boolean moreToReceive;

    /// Whether the last `RECV` left something behind, as far as the poller knows.
    public final boolean hasMore() {
        return moreToReceive;
    }

    /// Whether it receives into memory of the poller's.
    final boolean receivesAnywhere() {
        return kind == Kind.RECV && address == 0;
    }

    /// The poller's own: the next operation in a list.
    public @Nullable Operation next;

    /// Called on the loop thread when a `RECV_EACH` has received something; it is still in flight.
    ///
    /// @param bytes how many, at least 1
    public void arrived(int bytes) {
        throw new AssertionError(this + " received " + bytes + " bytes, expected an operation that ends once");
    }

    /// Called on the loop thread when the operation has ended; it is idle by then and may be submitted again
    /// from here.
    ///
    /// @param result what the system call would return, or the negated `errno`
    public abstract void completed(int result);

    @Override
    public String toString() {
        return kind + " fd=" + fd + (shared ? " shared" : "");
    }
}

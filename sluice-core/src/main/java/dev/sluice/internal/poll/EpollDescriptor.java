package dev.sluice.internal.poll;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What an [EpollPoller] knows of one descriptor number: who waits for it, and what the kernel was told.
///
/// The generation changes with each owner of the number, so that an event for an earlier one is told apart.
///
/// Threads: the loop thread only.
final class EpollDescriptor {
    /// Operations of one direction, oldest first.
    @SuppressWarnings("ReferenceEquality") // an operation is itself only
    static final class Waiters {
        private @Nullable Operation first;
        private @Nullable Operation last;

        @Nullable Operation first() {
            return first;
        }

        void add(Operation operation) {
            assert operation.next == null : operation + " is in a list";
            if (last == null) {
                first = operation;
            } else {
                last.next = operation;
            }
            last = operation;
        }

        /// Takes one out, wherever it stands.
        void remove(Operation operation) {
            Operation before = null;
            Operation current = first;
            while (current != operation) {
                before = Objects.requireNonNull(current, "operation is not in the list");
                current = before.next;
            }
            if (before == null) {
                first = operation.next;
            } else {
                before.next = operation.next;
            }
            if (last == operation) {
                last = before;
            }
            operation.next = null;
        }
    }

    final int fd;
    final Waiters readers = new Waiters();
    final Waiters writers = new Waiters();

    int generation;
    /// Has an owner that called `prepare`: does not block, and is registered once, edge-triggered. Otherwise it
    /// is shared, may block, and is armed for one event at a time.
    boolean prepared;
    /// A stream, such as a pipe: a short read means that it was empty, a short write that it was full.
    boolean stream;
    /// The kernel knew it when last told. A shared one may have been closed since, so it is told again each
    /// time.
    boolean registered;
    /// May be readable: nobody has seen it empty since the last event.
    boolean readable = true;
    /// May be writable, likewise.
    boolean writable = true;
    /// The other side has gone or there is an error: no further edge comes, so it stays ready for ever.
    boolean ended;

    EpollDescriptor(int fd) {
        this.fd = fd;
    }

    /// A new owner, or none: nothing that was known holds.
    void renew(boolean isPrepared, boolean isStream) {
        assert !hasWaiters() : "fd=" + fd + ": operations in flight, expected none";
        generation++;
        prepared = isPrepared;
        stream = isStream;
        registered = false;
        readable = true;
        writable = true;
        ended = false;
    }

    void setReady(boolean forReading, boolean ready) {
        if (forReading) {
            readable = ready;
        } else {
            writable = ready;
        }
    }

    boolean hasWaiters() {
        return readers.first() != null || writers.first() != null;
    }

    /// What the events of this owner carry.
    ///
    ///     63        32 31     0
    ///     | generation |  fd  |
    long tag() {
        return (long) generation << Integer.SIZE | fd;
    }
}

package dev.sluice.internal.poll;

import org.jspecify.annotations.Nullable;

/// Where a loop sleeps, and by which it learns what the kernel finished.
///
/// The contract is completion-based, as io_uring is: an [Operation] is submitted, is *in flight*, and ends
/// exactly once by a call of [Operation#completed] on the loop thread, from inside [#poll] or [#close]. A
/// readiness back end (epoll) emulates it.
///
/// A descriptor's owner calls [#prepare] once when it has it, and [#release] once before it closes it. Before
/// the release it ends all operations on it: cancel, then wait until each has completed. Otherwise one of them
/// could reach the next descriptor of the same number. Descriptors shared with other processes are neither
/// prepared nor released; their operations say so.
///
/// Threads: everything but [#wakeup] is called on the loop thread only (a coroutine mounted on it counts as
/// that thread). `completed` may submit and cancel operations, and unpark threads; it never blocks and never
/// polls.
///
/// Invariant: an operation's buffer belongs to the poller from `submit` until `completed`; nothing touches it
/// afterwards.
public interface Poller extends AutoCloseable {
    /// A short name for people: `io_uring`, `epoll`, `nio`.
    String name();

    /// Whether [#submit] is supported on descriptors; a back end without it sleeps and wakes, and may have
    /// [#sockets].
    boolean performsOperations();

    /// The sockets of a back end that has its own, instead of the kernel's; all operations on them are
    /// supported, whatever [#performsOperations] says.
    ///
    /// @return null where sockets are the kernel's
    default @Nullable SocketCalls sockets() {
        return null;
    }

    /// Called once on the loop thread, before anything else that runs there.
    void open();

    /// Hands queued submissions to the kernel, completes what has ended, and sleeps until something ends,
    /// somebody calls [#wakeup] or the time is over.
    ///
    /// @param timeoutNanos 0: do not sleep; [Long#MAX_VALUE]: no limit. A wait may end late by the timer slack
    ///     of the system. It ends early only by a completion, a wake-up, a signal, or the trace of a cancel or
    ///     an earlier wake-up.
    /// @return how many operations completed
    int poll(long timeoutNanos);

    /// Makes the current or, if there is none, the next sleeping [#poll] return. Any thread, at any time, also
    /// after the close; costs a system call, so the caller makes sure that the loop sleeps.
    void wakeup();

    /// Makes a new descriptor ready for operations, whatever this back end needs for that (epoll: sets
    /// `O_NONBLOCK`). Only for a descriptor whose open file description no other process uses.
    void prepare(int fd);

    /// Forgets a prepared descriptor, on which no operation is in flight; the caller closes it next.
    void release(int fd);

    /// Whether `RECV_EACH` is supported. It spares a request for each arrival.
    default boolean receivesEach() {
        return false;
    }

    /// The address of a buffer that was lent with an arrival, until [#giveBack]; never after the close.
    default long lent(int buffer) {
        throw new UnsupportedOperationException("buffer " + buffer + ": poller=" + name() + " lends none");
    }

    /// Takes back a buffer that was lent.
    default void giveBack(int buffer) {
        throw new UnsupportedOperationException("buffer " + buffer + ": poller=" + name() + " lends none");
    }

    /// Starts an operation. It may complete only inside a later [#poll], never inside this call.
    ///
    /// @throws IllegalStateException when the limit of operations in flight is reached; the operation stays
    ///     idle
    void submit(Operation operation);

    /// Asks for an early end. The operation still completes exactly once, inside a later [#poll]: with
    /// `-ECANCELED`, or with its result if that came first. Without effect when it has completed already.
    void cancel(Operation operation);

    /// How many operations are in flight.
    int inFlight();

    /// What has been counted so far.
    PollerStatistics statistics();

    /// Ends the poller; operations in flight are cancelled and completed before it returns. The last call on
    /// the loop thread.
    @Override
    void close();
}

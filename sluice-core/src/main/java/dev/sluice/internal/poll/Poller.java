package dev.sluice.internal.poll;

/// Where a loop sleeps, and by which it learns what the kernel finished.
///
/// The contract is completion-based, as io_uring is: an [Operation] is submitted, is *in flight*, and ends exactly once by a
/// call of [Operation#completed] on the loop thread, from inside [#poll]. A readiness back end (epoll) emulates it.
///
/// Threads: everything but [#wakeup] is called on the loop thread only (a coroutine mounted on it counts as that thread).
/// `completed` may submit and cancel operations, and unpark threads; it never blocks and never polls.
///
/// Invariant: an operation's buffer belongs to the poller from `submit` until `completed`; nothing touches it afterwards.
public interface Poller extends AutoCloseable {
    /// A short name for people: `io_uring`, `epoll`, `nio`.
    String name();

    /// Whether [#submit] is supported; a back end without it only sleeps and wakes.
    boolean performsOperations();

    /// Called once on the loop thread, before anything else that runs there.
    void open();

    /// Hands queued submissions to the kernel, completes what has ended, and sleeps until something ends, somebody
    /// calls [#wakeup] or the time is over.
    ///
    /// @param timeoutNanos 0: do not sleep; [Long#MAX_VALUE]: no limit. A wait may end late by the timer slack of the
    ///     system, never early without a completion or a wake-up, except by a signal.
    /// @return how many operations completed
    int poll(long timeoutNanos);

    /// Makes the current or, if there is none, the next sleeping [#poll] return. Any thread; costs a system call, so the caller makes
    /// sure that the loop sleeps.
    void wakeup();

    /// Starts an operation. It may complete only inside a later [#poll], never inside this call.
    void submit(Operation operation);

    /// Asks for an early end. The operation still completes exactly once: with `-ECANCELED`, or with its result if that came
    /// first. Without effect when it has completed already.
    void cancel(Operation operation);

    /// How many operations are in flight.
    int inFlight();

    /// Ends the poller; operations in flight are cancelled and completed before it returns. The last call on the loop thread.
    @Override
    void close();
}

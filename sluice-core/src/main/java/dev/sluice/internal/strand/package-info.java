/// Waiting and being cancelled: what tasks, channels, streams and processes are made of.
///
/// A [Strand] is what can wait, and all waits are the same one:
///
/// ```text
/// long token = strand.begin(blocker);      // throws if a scope around is cancelled
/// …publish (strand, token) where the resumer finds it…
/// if (!strand.await(token)) {
///     …take back what was published…
///     throw strand.cancelledException();
/// }
/// ```
///
/// Whoever calls `tryResume(token)` first has ended the wait, and nobody else has. What must not end early uses
/// `beginUncancellable` and `awaitUncancellable`. [Completion] is something that ends once, with those who wait
/// for it; [WaitQueue] holds them where values are handed over. A [Scope] is a node of the tree of
/// cancellation, and each strand is the first scope of its task.
///
/// **Threads.** `begin`, `await`, `enter` and `leave` by the strand; resuming and cancelling by any, the bare
/// loop thread included. That is why the locks here are [SpinLock]s, whose holder never suspends.
///
/// **Limits.** A strand waits in one place at a time. What it publishes it takes back itself.
///
/// Start reading at [Strand].
@NullMarked
package dev.sluice.internal.strand;

import org.jspecify.annotations.NullMarked;

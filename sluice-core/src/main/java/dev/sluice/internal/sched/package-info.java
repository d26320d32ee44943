/// The JDK's virtual threads, with a scheduler of ours.
///
/// [VirtualThreads] is the only class that reaches into the JDK: it makes virtual threads that run on a
/// [LoopScheduler], or says why it cannot. [LoopThread] is what carries them. [JdkPoller] keeps the JDK's own
/// helpers off our loops, and [JdkSignals] hears of signals.
///
/// **Threads.** `VirtualThreads` is immutable; a scheduler is called by whoever resumes a coroutine, and never
/// throws.
///
/// **Limits.** JDK 25. On another one, or without `--add-opens java.base/java.lang=ALL-UNNAMED`, everything
/// runs on the JDK's scheduler. The traps are listed in ARCHITECTURE.md, each with the place where it is dealt
/// with.
///
/// Start reading at [VirtualThreads].
@NullMarked
package dev.sluice.internal.sched;

import org.jspecify.annotations.NullMarked;

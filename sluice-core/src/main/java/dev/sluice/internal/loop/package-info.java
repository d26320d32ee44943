/// The engine: one thread, four stages, over and over.
///
/// [EventLoop] drains its [Inbox], runs what is ready, fires timers and polls I/O; ARCHITECTURE.md has the tick
/// in numbered stages. What it takes from outside is in [LoopSeams]: a simulation brings its own clock, poller,
/// order and randomness, and hears of suspensions by [Simulator].
///
/// **Threads.** Almost everything belongs to the loop's thread, and a coroutine mounted on it is on it. Other
/// threads hand over through the inbox: a push, and a wake-up only if the loop sleeps. [StallWatch] has a
/// thread of its own and reads two words of each loop.
///
/// **Limits.** The inbox and the ready queue have none: they carry resumes, and a refused resume loses its
/// coroutine. The loop's thread takes no lock that a coroutine may keep while it leaves the loop.
///
/// Start reading at [EventLoop].
@NullMarked
package dev.sluice.internal.loop;

import org.jspecify.annotations.NullMarked;

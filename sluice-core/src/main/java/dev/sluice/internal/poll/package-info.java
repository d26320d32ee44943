/// The poller: where a loop sleeps and does its I/O, and the back ends for it.
///
/// [Poller] is the seam, with [Operation] as its unit; a simulation brings its own. [Pollers] picks the back end:
/// io_uring where the kernel allows it, epoll, or `java.nio`, which only sleeps and wakes. All pass the same
/// contract tests.
///
/// Everything here belongs to one loop thread; only `wakeup` may be called from elsewhere. Start reading at
/// [Poller].
@NullMarked
package dev.sluice.internal.poll;

import org.jspecify.annotations.NullMarked;

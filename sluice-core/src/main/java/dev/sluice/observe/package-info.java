/// Looking inside: what a loop counts, and what somebody should know of.
///
/// [LoopStatistics] is one reading of a loop. A [Report] is for what no caller is there to be told: a coroutine
/// that holds its loop, a cancellation that is ignored, a failure that nobody awaits. Reports go to the system
/// logger `dev.sluice`, or to the program:
///
/// <!-- snippet: examples/src/test/java/dev/sluice/guide/LoopsGuideTest.java#reports -->
/// ```java
/// Consumer<Report> before = Reports.handler(received::add);
/// ```
///
/// **Threads.** Any. A handler is called on a thread of its own and may block.
///
/// **Limits.** Counting is always on and never exact: the loop goes on while it is read. Each report starts a
/// thread; there is at most one for each stall and each group.
///
/// Start reading at [Report].
@NullMarked
package dev.sluice.observe;

import org.jspecify.annotations.NullMarked;

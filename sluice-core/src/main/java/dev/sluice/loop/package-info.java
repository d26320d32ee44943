/// Loops: threads that run coroutines, fire timers and poll I/O.
///
/// [dev.sluice.Sluice#run(dev.sluice.task.Action)] opens one loop and is enough for most programs. Open [Loops]
/// to have several, to choose the back end, or to run things from threads of your own.
///
/// <!-- snippet: examples/src/test/java/dev/sluice/guide/LoopsGuideTest.java#open -->
/// ```java
/// try (Loops loops = Loops.open(LoopsConfig.defaults().withCount(2).withName("web"))) {
///     for (Loop loop : loops.all()) {
///         names.add(Sluice.callOn(loop, "hello", () -> Loop.current().name()));
///     }
/// }
/// ```
///
/// **Confinement.** Coroutines of one [Loop] run on its thread, one at a time. Between two suspensions none is
/// interrupted by another, so they may share plain fields. [Loop#confined] says whether that holds here.
///
/// **Threads.** Any. Only a coroutine that waits leaves its loop to others; one that computes, reads files or
/// calls native code holds it, and is [reported][dev.sluice.observe.Report.Stall].
///
/// **Limits.** Those of [LoopsConfig]: loops, threads for offloaded work, patience with who holds a loop. A
/// group of loops is closed by its opener, and not by one of its coroutines.
///
/// Start reading at [Loops]; the engine is `dev.sluice.internal.loop.EventLoop`.
@NullMarked
package dev.sluice.loop;

import org.jspecify.annotations.NullMarked;

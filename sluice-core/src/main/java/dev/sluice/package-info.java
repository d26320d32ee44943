/// Event loops that run plain, blocking Java: the entry.
///
/// [Sluice][dev.sluice.Sluice] runs a program's main body on a loop, and has the few things that every
/// coroutine does: sleep, yield, offload, await.
///
/// <!-- snippet: examples/src/main/java/dev/sluice/examples/Factorials.java#main -->
/// ```java
/// static void main() {
///     Sluice.run(() -> {
///         try (var group = TaskGroup.open()) {
///             Task<Long> small = group.start("small", () -> factorial("small", 3));
///             Task<Long> large = group.start("large", () -> factorial("large", 5));
///             group.join();
///             IO.println("sum = " + (small.get() + large.get()));
///         }
///     });
/// }
///
/// static long factorial(String name, int n) {
///     long product = 1;
///     for (int factor = 2; factor <= n; factor++) {
///         product *= factor;
///         IO.println(name + ": " + factor + "! = " + product);
///         Sluice.yield();
///     }
///     return product;
/// }
/// ```
///
/// **Threads.** `run` and `call` by any thread; the other methods by coroutines, and by other threads as well,
/// which then block.
///
/// **Limits.** Coroutines of one loop run one at a time only if the JVM was started with `--add-opens
/// java.base/java.lang=ALL-UNNAMED`, see [Capabilities][dev.sluice.loop.Capabilities]. SIGINT, SIGTERM
/// and SIGHUP are handled while `run` runs, and by nobody else.
///
/// Start reading at [Sluice#run][dev.sluice.Sluice#run(dev.sluice.task.Action)]; then [dev.sluice.task] for
/// starting several things at once and [dev.sluice.loop] for several loops.
@NullMarked
package dev.sluice;

import org.jspecify.annotations.NullMarked;

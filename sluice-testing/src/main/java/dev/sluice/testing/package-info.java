/// Tests of concurrent programs in virtual time, with an order that is drawn from a seed.
///
/// A [Simulation][dev.sluice.testing.Simulation] runs a body, and every task that it starts, on one loop whose
/// seams are its own. **Time** stands still while anybody can run, and jumps exactly to the next timer when
/// nobody can: a test that sleeps for a day takes no time. **Order**: where several coroutines are ready, the
/// seed says which is next; same seed, same order, step by step. **Randomness** of the program (retries,
/// jitter) comes from the seed too.
///
/// ```java
/// @Simulated(seeds = 200)                                    // JUnit: one invocation for each seed
/// void nearerDeadlineWins(Simulation simulation) {
///     assertThatThrownBy(() -> Deadline.after(ofHours(2)).named("outer").run(() ->
///             Deadline.after(ofHours(1)).named("inner").run(() -> Sluice.sleep(ofDays(1)))))
///         .hasMessageContaining("inner");
///     assertThat(simulation.elapsed()).isEqualTo(ofHours(1));
/// }
/// ```
///
/// What goes wrong by itself is an error: a [deadlock][dev.sluice.testing.DeadlockException], with who waits
/// for what; an [endless run][dev.sluice.testing.LimitExceededException]; [something left
/// behind][dev.sluice.testing.LeftoverException], be it a task, a timer or a failure that nobody saw. Each
/// failure carries the seed and the command that runs it again.
/// [Cancellations][dev.sluice.testing.Cancellations] cancels a piece of work at each of its suspensions.
///
/// ## Limits
///
/// - The JVM needs `--add-opens java.base/java.lang=ALL-UNNAMED`, as loops do; without it a simulation refuses
///   to run. Add `-Djdk.trackAllThreads=false`, or the JVM keeps the coroutines of a simulation that had to be
///   abandoned.
/// - Coroutines are interleaved where they suspend and nowhere else: a race within a step is not found. First
///   in, first out is not promised: `yield` may well resume its caller next.
/// - A simulation has one loop. Loops that its body opens are real ones.
/// - `offload` runs its body on the loop, after letting others run.
/// - It performs no I/O of the operating system. What waits for a thread outside of it (an executor,
///   `orTimeout` and other helpers of the JDK, a callback) is a deadlock at once, or arrives at a moment that
///   no seed decides.
/// - `LockSupport.parkNanos` and `Object.wait` end in virtual time. Other timed waits of the JDK
///   (`Thread.sleep`, `poll(time)`, `await(time)`) measure the time by the system's clock and are refused with
///   [RealTimeException][dev.sluice.testing.RealTimeException]. `System.nanoTime` and `Instant.now` show real
///   time; take [Simulation#clock][dev.sluice.testing.Simulation#clock]. For programs that use these, the
///   clocks of the JDK can be replaced, below.
/// - Who waits for a contended `synchronized` is resumed by a thread of the JDK, a little later in real time:
///   the run goes on, but not in the same order each time. Locks of `java.util.concurrent` are fine.
/// - Iteration over `Set.of` and `Map.of`, `UUID.randomUUID` and unseeded randomness differ from JVM to JVM.
///
/// ## The clocks of the JDK
///
/// With these flags (Linux, HotSpot) `System.nanoTime`, `Instant.now` and their like show virtual time in
/// simulations, and real time elsewhere; `Thread.sleep` and the other timed waits then end in virtual time too.
/// Helpers of the JDK with threads of their own (`orTimeout`, `ScheduledExecutorService`) do not.
///
///     -XX:+UnlockDiagnosticVMOptions -XX:DisableIntrinsic=_nanoTime,_currentTimeMillis
///     -Xlog:jni+resolve=off -Dsluice.jdkClock=virtual
@NullMarked
package dev.sluice.testing;

import org.jspecify.annotations.NullMarked;

/// Why work was ended early, and how it is told.
///
/// Data only: a [CancelReason] says what happened and who asked; [CancelledException] carries it out of every
/// suspension of a cancelled scope; [DeadlineExceededException] is thrown at the edge of the deadline that
/// expired. Scopes and deadlines themselves are in `dev.sluice.task`.
///
/// <!-- snippet: examples/src/test/java/dev/sluice/guide/CancellationGuideTest.java#level -->
/// ```java
/// boolean whole = CancelScope.run(scope -> {
///     scope.cancel("enough");
///     for (int i = 1; i <= 3; i++) {
///         try {
///             Sluice.yield();
///         } catch (CancelledException cancelled) {
///             seen.add(i + ": " + cancelled.reason().describe()); // swallowed, and back at the next wait
///         }
///     }
///     Sluice.yield(); // ends the scope
/// });
/// ```
///
/// **Threads.** Immutable.
///
/// **Limits.** Reasons are compared by identity: two cancellations with the same text are not the same.
///
/// Start reading at [CancelReason].
@NullMarked
package dev.sluice.cancel;

import org.jspecify.annotations.NullMarked;

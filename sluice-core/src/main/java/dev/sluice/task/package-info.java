/// Structured tasks: several things at once, in a scope that none of them outlives.
///
/// A [TaskGroup] starts tasks and joins them; its [JoinPolicy] says what the end of one means for the others. A
/// [Task] ends with an [Outcome]. What may end work early is a scope: a group, a [Deadline], a [CancelScope].
///
/// <!-- snippet: examples/src/test/java/dev/sluice/guide/GroupsGuideTest.java#list -->
/// ```java
/// try (var group = TaskGroup.open(JoinPolicy.<String>allSuccessful())) {
///     for (String name : List.of("a", "b", "c")) {
///         group.start(name, () -> fetch(name));
///     }
///     return group.join();
/// }
/// ```
///
/// **Cancellation is a state.** Inside a cancelled scope every suspension throws
/// [CancelledException][dev.sluice.cancel.CancelledException], with the reason, until the scope is left.
/// Clean-up that has to wait goes into [CancelScope#shield]. A coroutine that is blocked in the JDK is
/// interrupted once.
///
/// **Threads.** A group is joined and closed by its owner. Tasks, promises and scopes may be cancelled,
/// completed and awaited by any thread.
///
/// **Limits.** The number of tasks is that of the memory. Waiting for the end of a task cannot be cancelled
/// half way: who does not end holds up its group, and is [reported][dev.sluice.observe.Report.IgnoredCancel]
/// after a second.
///
/// Start reading at [TaskGroup]; how waiting works below is in `dev.sluice.internal.strand`.
@NullMarked
package dev.sluice.task;

import org.jspecify.annotations.NullMarked;

package dev.sluice.task;

import dev.sluice.cancel.CancelReason;

/// How a task or promise ended.
///
/// `switch` over it is complete without a default:
///
/// ```java
/// switch (task.outcome()) {
///     case Outcome.Succeeded<Page>(var page) -> show(page);
///     case Outcome.Failed<Page>(var failure) -> log(failure);
///     case Outcome.Cancelled<Page>(var reason) -> log(reason.describe());
/// }
/// ```
public sealed interface Outcome<T> {
    /// The body returned.
    ///
    /// @param value what it returned; null from a body without a result
    record Succeeded<T>(T value) implements Outcome<T> {}

    /// The body threw.
    record Failed<T>(Throwable failure) implements Outcome<T> {}

    /// The body ended because its scope was cancelled.
    record Cancelled<T>(CancelReason reason) implements Outcome<T> {}

    /// Whether the body returned.
    default boolean succeeded() {
        return this instanceof Succeeded;
    }
}

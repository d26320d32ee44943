package dev.sluice.internal.io;

/// A sink that knows whether a write would wait.
///
/// Threads: any coroutine of the sink's loop.
public interface PromptTarget {
    /// Whether a write of so many bytes by the caller would return, or fail, without a wait. Elsewhere than on the
    /// sink's loop: false.
    boolean takesAtOnce(int bytes);
}

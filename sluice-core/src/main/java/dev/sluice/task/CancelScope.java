package dev.sluice.task;

import dev.sluice.cancel.CancelReason;
import dev.sluice.cancel.CancelledException;
import dev.sluice.internal.strand.Scope;
import dev.sluice.internal.strand.Strand;
import java.util.Optional;

/// A part of a task that can be cancelled by itself, from any thread.
///
/// ```java
/// boolean whole = CancelScope.run(scope -> {
///     stopButton.onPress(() -> scope.cancel("stop pressed"));
///     download();
/// });
/// ```
///
/// Threads: `cancel` and `reason` any.
public final class CancelScope {
    /// The body of a scope, which gets it to hand it out.
    @FunctionalInterface
    public interface Body<X extends Exception> {
        void run(CancelScope scope) throws X;
    }

    private final Scope scope;

    private CancelScope(Scope scope) {
        this.scope = scope;
    }

    /// Runs a body in a scope of its own.
    ///
    /// @return false if the scope was cancelled and that ended the body. Tasks that failed meanwhile, in groups
    ///     inside, are reported
    public static <X extends Exception> boolean run(Body<X> body) throws X {
        Strand strand = Strand.current();
        Scope scope = strand.enter(false);
        try (var _ = new Entered(strand, scope)) {
            body.run(new CancelScope(scope));
            return true;
        } catch (Throwable failure) {
            if (endedBy(failure, scope)) {
                TaskFailedException.reportThoseIn(failure);
                return false;
            }
            throw failure;
        }
    }

    /// A scope that is left at the end, without covering up what its body threw.
    private record Entered(Strand strand, Scope scope) implements AutoCloseable {
        @Override
        public void close() {
            strand.leave(scope);
        }
    }

    /// Runs a body that no cancellation from outside reaches: clean-up that has to suspend. Put a [Deadline]
    /// inside, so that it ends.
    public static <X extends Exception> void shield(Action<X> body) throws X {
        Strand strand = Strand.current();
        try (var _ = new Entered(strand, strand.enter(true))) {
            body.run();
        }
    }

    /// Throws if the caller is cancelled: for computations that do not suspend.
    ///
    /// @throws CancelledException if a scope around the caller is cancelled
    public static void checkpoint() {
        Strand.current().checkpoint();
    }

    /// Why the caller is cancelled, if it is.
    public static Optional<CancelReason> currentReason() {
        return Optional.ofNullable(Strand.current().scope().reason());
    }

    /// Cancels the scope and all tasks started in it.
    ///
    /// @param text why, for people
    /// @return whether this call did it
    public boolean cancel(String text) {
        return scope.cancel(new CancelReason.Requested(Strand.current().path(), text));
    }

    /// Why it was cancelled, if it was.
    public Optional<CancelReason> reason() {
        return Optional.ofNullable(scope.reason());
    }

    /// Whether a failure is how this very scope's cancellation came out of its body, and not that of a scope
    /// around it.
    static boolean endedBy(Throwable failure, Scope scope) {
        CancelReason why = scope.reason();
        Scope outer = scope.parent();
        if (why == null) {
            return false;
        }
        boolean own = outer == null || scope.shield() || outer.reason() != why;
        return own && scope.explains(failure);
    }
}

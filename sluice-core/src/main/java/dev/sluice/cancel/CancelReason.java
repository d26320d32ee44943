package dev.sluice.cancel;

import java.time.Duration;
import java.util.Optional;

/// Why a scope was cancelled, and who asked for it. Printed in every message about the cancellation.
///
/// A scope compares reasons by identity: that is how a scope knows its own cancellation from another's.
public sealed interface CancelReason {
    /// Which scope, task or person it came from.
    String origin();

    /// The reason as a sentence part: `deadline of 2 s passed (fetch)`.
    String describe();

    /// What caused it, if a failure did.
    default Optional<Throwable> cause() {
        return Optional.empty();
    }

    /// A time budget was used up.
    ///
    /// @param origin the name of the budget
    record DeadlinePassed(String origin, Duration budget) implements CancelReason {
        @Override
        public String describe() {
            return "deadline of " + Durations.print(budget) + " passed (" + origin + ")";
        }
    }

    /// A task of the same group failed.
    ///
    /// @param origin the path of the failed task
    record SiblingFailed(String origin, Throwable failure) implements CancelReason {
        @Override
        public String describe() {
            return "task " + origin + " failed: " + failure;
        }

        @Override
        public Optional<Throwable> cause() {
            return Optional.of(failure);
        }
    }

    /// Somebody asked for it.
    ///
    /// @param origin who
    /// @param text why, in the caller's words
    record Requested(String origin, String text) implements CancelReason {
        @Override
        public String describe() {
            return text + " (asked by " + origin + ")";
        }
    }

    /// The program or its loops are ending.
    ///
    /// @param origin what asked for the end: `SIGINT`, `SIGTERM`, `SIGHUP`, `close`
    record Shutdown(String origin) implements CancelReason {
        @Override
        public String describe() {
            return "shutdown (" + origin + ")";
        }
    }
}

package dev.sluice.process;

import dev.sluice.internal.linux.Signals;

/// How a program ended.
public sealed interface Exit {
    /// By itself.
    ///
    /// @param code 0 for success
    record Exited(int code) implements Exit {
        @Override
        public String toString() {
            return "exit code " + code;
        }
    }

    /// By a signal. Where processes are the JDK's (see [Command]) this is not told: it shows as the exit code
    /// 128 + `signal`.
    ///
    /// @param signal its number
    /// @param coreDumped whether a core was written
    record Signalled(int signal, boolean coreDumped) implements Exit {
        /// `SIGTERM`
        public String signalName() {
            return Signals.name(signal);
        }

        @Override
        public String toString() {
            return "signal " + signalName() + (coreDumped ? ", core dumped" : "");
        }
    }

    /// Whether the program says that it succeeded.
    default boolean succeeded() {
        return this instanceof Exited(int code) && code == 0;
    }

    /// The exit code as shells give it: 128 + the signal for a program that a signal ended.
    default int shellCode() {
        return switch (this) {
            case Exited(int code) -> code;
            case Signalled(int signal, boolean _) -> 128 + signal;
        };
    }
}

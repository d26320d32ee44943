package dev.sluice.internal.linux;

/// How a process ended: by itself with a code, or by a signal.
///
/// @param code what it returned, or 128 + `signal`, as shells say
/// @param signal that ended it, or 0
/// @param coreDumped whether a core was written
public record ExitStatus(int code, int signal, boolean coreDumped) {
    @Override
    public String toString() {
        return signal == 0
                ? "exit code " + code
                : "signal " + Signals.name(signal) + (coreDumped ? ", core dumped" : "");
    }
}

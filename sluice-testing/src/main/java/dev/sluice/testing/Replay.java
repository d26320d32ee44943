package dev.sluice.testing;

/// Stands among the suppressed exceptions of every failure that comes out of a simulation: which run it was,
/// and how to have it again. The failure itself keeps its type and message, so that test frameworks show it as
/// they would outside.
final class Replay extends Exception {
    private static final long serialVersionUID = 1;

    Replay(String message) {
        super(message, null, false, false);
    }
}

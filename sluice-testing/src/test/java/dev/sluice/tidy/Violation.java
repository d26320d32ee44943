package dev.sluice.tidy;

import java.util.Collection;
import java.util.stream.Collectors;

/// One place that breaks a rule; the message says the cure.
record Violation(String place, int line, String message) {
    /// A violation of a whole class or file.
    static Violation of(String place, String message) {
        return new Violation(place, 0, message);
    }

    @Override
    public String toString() {
        return (line == 0 ? place : place + ":" + line) + ": " + message;
    }

    /// Fails with one line a violation.
    static void assertNone(Collection<Violation> violations) {
        if (!violations.isEmpty()) {
            String places =
                    violations.stream().map(Violation::toString).sorted().collect(Collectors.joining("\n"));
            throw new AssertionError(violations.size() + " places break a rule\n" + places);
        }
    }
}

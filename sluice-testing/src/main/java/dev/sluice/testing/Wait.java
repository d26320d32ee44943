package dev.sluice.testing;

/// Somebody in a simulation who waits.
///
/// @param task its path: `main/fetch/a`
/// @param waitsFor what for: `task main/b`, `sleep 2 s`, `promise`
/// @param where the line of the program, as a stack trace prints it; empty if unknown
public record Wait(String task, String waitsFor, String where) {
    /// `main/a waits for promise (Shop.order(Shop.java:12))`.
    @Override
    public String toString() {
        return task + " waits for " + waitsFor + (where.isEmpty() ? "" : "   at " + where);
    }
}

package dev.sluice.loop;

import java.util.List;

/// What this JVM and this kernel allow, and why not more. Where the system gave some loops of a group less than
/// others, this is what the least of them has.
///
/// @param confined whether the coroutines of a loop run on its thread only, one at a time
/// @param backend how loops poll
/// @param missing what is not there
public record Capabilities(boolean confined, Backend backend, List<Missing> missing) {
    public Capabilities {
        missing = List.copyOf(missing);
    }

    /// @param feature what would be better with it
    /// @param reason why it is missing, as the system said
    /// @param cure what to do about it; empty if nothing can be done here
    public record Missing(String feature, String reason, String cure) {}
}

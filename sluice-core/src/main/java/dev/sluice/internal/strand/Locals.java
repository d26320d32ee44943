package dev.sluice.internal.strand;

import org.jspecify.annotations.Nullable;

/// The task locals that are bound: an immutable list, newest first, shared by a task and the tasks it starts.
///
/// @param key identity of the local
/// @param next what was bound before
public record Locals(Object key, Object value, @Nullable Locals next) {
    /// The value bound last for a key, or null.
    public static @Nullable Object find(@Nullable Locals bound, Object key) {
        for (Locals entry = bound; entry != null; entry = entry.next) {
            if (entry.key == key) {
                return entry.value;
            }
        }
        return null;
    }
}

package dev.sluice.internal.strand;

import org.jspecify.annotations.Nullable;

/// What a clause of a select takes from something that is no channel, such as a shared object.
///
///     begin ──▶ tryTake ──nothing──▶ register ──the wait ends──▶ withdraw ──nothing──▶ tryTake …
///                  └──────────────▶ taken ◀─────────────────────────┘
///
/// Whoever makes it possible either hands over what there is as it claims the wait, and `withdraw` returns it;
/// or it only ends the wait, because it is another process: then the select tries, and waits again if somebody
/// else was quicker. In both ways something is taken by one strand, or stays where it is.
///
/// Threads: the strand of the select, one at a time.
///
/// @param <T> what is taken
public interface Selectable<T> {
    /// A select begins: notes what it must not miss.
    default void begin() {}

    /// Takes it, if that is possible at once.
    ///
    /// @return null if it is not
    @Nullable T tryTake();

    /// Has a wait ended when it may be possible, which may be so already. Does not throw: what is wrong, the
    /// next [#tryTake] says.
    void register(Strand strand, long token);

    /// Undoes [#register], when the wait has ended.
    ///
    /// @return what was handed over, if that ended the wait
    @Nullable T withdraw();
}

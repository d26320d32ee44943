package dev.sluice.internal.local;

import dev.sluice.internal.strand.Selectable;
import dev.sluice.internal.strand.Strand;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A wait in a line as a clause of a select: whoever makes its step possible does it, if no other clause has
/// been chosen before.
///
/// Threads: the strand of the select.
final class Taking<R> implements Selectable<R> {
    private final Monitor.Line line;
    private final LocalSpace opening;
    private final BooleanSupplier possible;
    private final Supplier<? extends R> step;
    private Monitor.@Nullable Wait<R> wait; // from register to withdraw

    /// @param possible and `step` as for [Monitor.Line#await]
    Taking(Monitor.Line line, LocalSpace opening, BooleanSupplier possible, Supplier<? extends R> step) {
        this.line = line;
        this.opening = opening;
        this.possible = possible;
        this.step = step;
    }

    @Override
    public @Nullable R tryTake() {
        return line.tryNow(opening, possible, step);
    }

    @Override
    public void register(Strand strand, long token) {
        var begun = new Monitor.Wait<R>(opening, possible, step, strand, token);
        wait = begun;
        line.enter(begun);
    }

    @Override
    public @Nullable R withdraw() {
        Monitor.Wait<R> over = wait;
        wait = null;
        return over == null ? null : line.leave(over);
    }
}

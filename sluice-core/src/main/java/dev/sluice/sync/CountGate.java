package dev.sluice.sync;

import dev.sluice.internal.strand.Strand;
import dev.sluice.internal.strand.WaitList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/// How many bars a gate has, and those who wait until it has none.
///
/// Threads: any. The list's lock guards `bars`.
final class CountGate extends WaitList {
    private final String subject;
    private int bars; // guarded by the list's lock

    CountGate(String subject, int bars) {
        this.subject = subject;
        this.bars = bars;
    }

    @Override
    protected boolean admits(long amount) {
        return bars == 0;
    }

    @Override
    protected void admitted(Strand strand, long amount, @Nullable Object what) {}

    /// Waits until there is none.
    void pass() {
        enter(Strand.current(), 0, null);
    }

    /// Sets how many there are. Those who wait go on if there is none, even if there is one again at once.
    ///
    /// @param next tells from how many there were; runs under the lock
    /// @return how many there were
    int change(IntUnaryOperator next) {
        lock();
        try {
            int before = bars;
            bars = next.applyAsInt(before);
            advance();
            return before;
        } finally {
            unlock();
        }
    }

    int bars() {
        lock();
        try {
            return bars;
        } finally {
            unlock();
        }
    }

    /// One reading.
    ///
    /// @param of makes it of the bars and the paths of those who wait
    <S> S read(BiFunction<Integer, List<String>, S> of) {
        int now;
        List<Strand> waiting;
        lock();
        try {
            now = bars;
            waiting = queue().strands();
        } finally {
            unlock();
        }
        return of.apply(now, paths(waiting));
    }

    @Override
    public String subject() {
        return subject;
    }
}

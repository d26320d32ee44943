package dev.sluice.history;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The sequential model of a channel: what it holds, and each thing that may be seen of it as a step from one
/// state to the next, or null where it cannot be seen.
///
/// A rendezvous holds a value for no time at all: only its receive, which runs at the same time, may be next.
///
/// @param until the end of the send whose value is being handed over; 0 when nothing is
record Contents(Kind kind, int capacity, List<Integer> values, boolean closed, long until) {
    /// In which order values come out.
    enum Kind {
        RENDEZVOUS,
        /// first in, first out
        QUEUE,
        /// the newest only
        LATEST,
        /// by value, the least first
        PRIORITY
    }

    static Contents empty(Kind kind, int capacity) {
        return new Contents(kind, capacity, List.of(), false, 0);
    }

    private Contents with(List<Integer> now) {
        return new Contents(kind, capacity, List.copyOf(now), closed, 0);
    }

    private boolean handingOver() {
        return until > 0;
    }

    /// A value went in.
    ///
    /// @param gaveUp what was handed back for it, or null
    @Nullable Contents sent(int value, @Nullable Integer gaveUp, long ended) {
        if (closed || handingOver()) {
            return null;
        }
        if (kind == Kind.LATEST) {
            boolean same = gaveUp == null ? values.isEmpty() : values.equals(List.of(gaveUp));
            return same ? with(List.of(value)) : null;
        }
        if (gaveUp != null) {
            return null;
        }
        if (kind == Kind.RENDEZVOUS) {
            return new Contents(kind, capacity, List.of(value), false, ended);
        }
        if (values.size() == capacity) {
            return null;
        }
        List<Integer> now = new ArrayList<>(values);
        now.add(value);
        if (kind == Kind.PRIORITY) {
            now.sort(null);
        }
        return with(now);
    }

    /// A value came out.
    @Nullable Contents got(int value, long begun) {
        if (values.isEmpty() || values.getFirst() != value || handingOver() && begun > until) {
            return null;
        }
        return with(values.subList(1, values.size()));
    }

    /// There was no room.
    @Nullable Contents full() {
        return !closed && !handingOver() && values.size() == capacity ? this : null;
    }

    /// There was nothing.
    @Nullable Contents nothing() {
        return !closed && values.isEmpty() ? this : null;
    }

    /// A sender was told that the channel is closed.
    @Nullable Contents refused() {
        return closed ? this : null;
    }

    /// A receiver was told that nothing comes any more.
    @Nullable Contents over() {
        return closed && values.isEmpty() ? this : null;
    }

    /// It was closed.
    ///
    /// @param first whether the caller was told that it did it
    @Nullable Contents close(boolean first) {
        return closed == first || handingOver() ? null : new Contents(kind, capacity, values, true, 0);
    }

    /// It was cancelled, and so much was handed back.
    @Nullable Contents cancel(boolean first, List<Integer> dropped) {
        boolean possible = closed != first && !handingOver() && values.equals(dropped);
        return possible ? new Contents(kind, capacity, List.of(), true, 0) : null;
    }
}

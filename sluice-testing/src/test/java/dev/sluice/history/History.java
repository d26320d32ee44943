package dev.sluice.history;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What several tasks did to one object and what they saw, and whether it can be explained: by an order of
/// single steps in which each call happened at one moment between its beginning and its end.
///
/// This is linearizability (Herlihy and Wing 1990); the search is that of Wing and Gong with Lowe's memory of
/// what has been tried.
///
/// Threads: coroutines of one loop.
///
/// @param <S> the state of the sequential model, compared by `equals`
final class History<S> {
    private static final int MOST = 62; // a set of calls is one word

    /// What a call did to the state; null if a call with such a result is impossible there.
    interface Effect<S> {
        @Nullable S on(S before);
    }

    /// One call, from its beginning to its end.
    static final class Call<S> {
        private final String who;
        private final String what;
        private final long begun;
        private long ended = Long.MAX_VALUE;
        private String result = "still running";
        private Effect<S> effect = before -> before;

        private Call(String who, String what, long begun) {
            this.who = who;
            this.what = what;
            this.begun = begun;
        }

        /// When it began, in the order of the history.
        long begun() {
            return begun;
        }

        /// When it ended.
        long ended() {
            return ended;
        }

        @Override
        public String toString() {
            return String.format("%4d..%-4d %-8s %s -> %s", begun, ended, who, what, result);
        }
    }

    private record Tried<S>(long done, S state) {}

    private final List<Call<S>> calls = new ArrayList<>();
    private final Set<Tried<S>> tried = new HashSet<>();
    private long now;

    Call<S> begin(String who, String what) {
        var call = new Call<S>(who, what, now++);
        calls.add(call);
        return call;
    }

    void end(Call<S> call, Object result, Effect<S> effect) {
        call.ended = now++;
        call.result = String.valueOf(result);
        call.effect = effect;
    }

    /// It was cancelled, which means that it has not happened.
    void cancelled(Call<S> call) {
        calls.remove(call);
    }

    /// Fails if nothing explains what was seen.
    void check(S start) {
        if (calls.size() > MOST) {
            throw new IllegalStateException("history: calls=" + calls.size() + ", expected at most " + MOST);
        }
        if (!explained(0, start)) {
            var text = new StringBuilder("no order of single steps explains, from " + start + ":");
            calls.forEach(call -> text.append("\n  ").append(call));
            throw new AssertionError(text.toString());
        }
    }

    /// Whether the calls that are not in `done` can follow in some order.
    private boolean explained(long done, S state) {
        if (Long.bitCount(done) == calls.size()) {
            return true;
        }
        if (!tried.add(new Tried<>(done, state))) {
            return false;
        }
        long firstEnd = Long.MAX_VALUE;
        for (int i = 0; i < calls.size(); i++) {
            if ((done & 1L << i) == 0) {
                firstEnd = Math.min(firstEnd, calls.get(i).ended);
            }
        }
        for (int i = 0; i < calls.size() && calls.get(i).begun < firstEnd; i++) {
            if ((done & 1L << i) == 0) {
                S next = calls.get(i).effect.on(state);
                if (next != null && explained(done | 1L << i, next)) {
                    return true;
                }
            }
        }
        return false;
    }
}

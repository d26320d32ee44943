package dev.sluice.ranks;

import dev.sluice.internal.ranks.Board;
import java.util.Locale;

/// An operation of a group of ranks could not be done, because a rank failed in it. The message names both:
/// `all-reduce by rank 0 of shm:sums/pi: rank 2 of 4 has died in its all-reduce, expected it to take part`.
///
/// All ranks get it, with the same rank in it, from every operation of the group, until [Group#shrink] begins
/// anew without those that have gone.
///
/// Threads: immutable.
public final class RankFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// How a rank failed.
    public enum How {
        /// its process was killed, or its task ended and had not closed the group
        DIED(Board.KILLED, "has died"),
        /// it closed the group, and others still wait for it
        LEFT(1, "has left"),
        /// a deadline or a cancellation ended its operation in the middle
        CANCELLED(2, "was cancelled"),
        /// its operation, or its function, threw
        FAILED(3, "has failed");

        /// On the board.
        final int number;

        private final String text;

        How(int number, String text) {
            this.number = number;
            this.text = text;
        }

        static How of(int number) {
            for (How how : values()) {
                if (how.number == number) {
                    return how;
                }
            }
            throw new IllegalStateException("failure of a rank: how=" + number + ", expected 0..3: it is damaged");
        }
    }

    private final int rank;
    private final How how;
    private final String operation;

    RankFailedException(String doing, String members, int rank, How how, Operation operation) {
        super(doing + ": rank " + rank + " of " + members + " " + how.text + operation.within()
                + ", expected it to take part");
        this.rank = rank;
        this.how = how;
        this.operation = operation.text();
    }

    /// The rank that failed, by the numbers of this group.
    public int rank() {
        return rank;
    }

    /// How it failed.
    public How how() {
        return how;
    }

    /// What it was doing in the group, as `all-reduce`; empty if nothing.
    public String operation() {
        return operation;
    }

    static String lower(Enum<?> name) {
        return name.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

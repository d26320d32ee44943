package dev.sluice.ranks;

import dev.sluice.internal.ranks.Board;
import dev.sluice.internal.ranks.Wiring;
import dev.sluice.internal.strand.Strand;
import dev.sluice.ranks.RankFailedException.How;
import java.util.ArrayList;
import java.util.List;

/// How one rank stands in its group: who the members are, what it does, and what happens when somebody fails.
///
///     tag:  31 (0) | 30…0 the user's
///           31 (1) | 30…26 operation | 25…0 which collective operation of the epoch
///
/// An operation has *begun* when others may have seen something of it, or wait for the rest: until then it can
/// be given up as if it had not been called.
///
/// Threads: one strand at a time, see [Group]; what others ask while it waits does not change meanwhile.
abstract class Standing {
    /// Instead of a rank, for none.
    static final int NOBODY = -1;

    static final int COLLECTIVE = 1 << 31;
    static final int OPERATION_SHIFT = 26;
    static final int SEQUENCE = (1 << OPERATION_SHIFT) - 1;

    static {
        assert Operation.values().length <= 1 << Integer.SIZE - 1 - OPERATION_SHIFT : "operations in a tag";
    }

    final Wiring wiring;
    final Board board;

    // The strand only.
    int epoch;
    int[] members; // by their numbers now, those in the wiring
    int me;
    int tag;
    boolean begun;
    private Operation operation = Operation.NOTHING;
    private int sequence;

    Standing(Wiring wiring) {
        this.wiring = wiring;
        this.board = wiring.board();
        this.members = new int[wiring.size()];
        for (int rank = 0; rank < members.length; rank++) {
            members[rank] = rank;
        }
        this.me = wiring.rank();
    }

    /// Forgets what was to be sent and to come.
    abstract void stop();

    /// Forgets what has come.
    abstract void dropAll();

    final int rank() {
        return me;
    }

    final int size() {
        return members.length;
    }

    final int epoch() {
        return epoch;
    }

    /// What a member was called when the group began.
    final int original(int rank) {
        return members[rank];
    }

    // ---- operations

    /// Begins an operation.
    ///
    /// @param userTag of a message from one to one; else none is looked at
    final void begin(Operation now, int userTag) {
        Strand.current().checkpoint();
        requireWhole(now);
        operation = now;
        begun = false;
        boolean collective = now != Operation.SEND && now != Operation.RECEIVE;
        tag = collective ? COLLECTIVE | now.number << OPERATION_SHIFT | sequence++ & SEQUENCE : userTag;
        board.doing(wiring.rank(), now.number);
    }

    /// Ends it in order.
    final void end() {
        operation = Operation.NOTHING;
        board.doing(wiring.rank(), Operation.NOTHING.number);
    }

    /// Ends it otherwise. What had not begun can be done again; what had leaves others waiting, who are told.
    final void fail(How how) {
        stop();
        if (begun) {
            board.fail(epoch, new Board.Failure(wiring.rank(), how.number, operation.number));
            wiring.wakeAll();
        } else if (tag < 0) {
            sequence--;
        }
        end();
    }

    private String doing(Operation now) {
        return now.text() + " by rank " + me + " of " + wiring.name();
    }

    /// What it waits for, for people who look.
    @Override
    public final String toString() {
        return doing(operation);
    }

    /// @throws RankFailedException if a member has failed
    final void requireWhole() {
        requireWhole(operation);
    }

    private void requireWhole(Operation now) {
        if (board.failed(epoch)) {
            Board.Failure failure = board.failure(epoch).orElseThrow();
            throw new RankFailedException(
                    doing(now),
                    Integer.toString(members.length),
                    indexOf(failure.rank()),
                    How.of(failure.how()),
                    Operation.of(failure.operation()));
        }
    }

    final boolean isBroken() {
        return board.failed(epoch);
    }

    final int indexOf(int original) {
        for (int rank = 0; rank < members.length; rank++) {
            if (members[rank] == original) {
                return rank;
            }
        }
        return NOBODY;
    }

    /// A rank that has left will not do what is waited for: the epoch fails for all.
    final void giveUpOn(int original) {
        board.fail(epoch, new Board.Failure(original, How.LEFT.number, Operation.NOTHING.number));
        wiring.wakeAll();
        requireWhole();
    }

    // ---- beginning, and beginning anew

    /// Waits until all have joined, or will not where that is known. Who has left or failed since then is met
    /// later.
    final void awaitAll() {
        operation = Operation.JOIN;
        begun = true; // others see us already: whoever stops here, cancelled before it waits or later, is waited for
        Strand.current().checkpoint();
        board.doing(wiring.rank(), operation.number);
        wiring.wakeAll();
        boolean watched = wiring.isWatched();
        while (!board.complete()) {
            if (!watched && board.failed(epoch) && !board.complete()) { // in this order: the last may join, and fail
                requireWhole();
            }
            wiring.await(() -> board.complete() || !watched && board.failed(epoch), this);
        }
        end();
    }

    /// Goes on with those who are still there and want to.
    final void shrink() {
        Strand.current().checkpoint();
        if (!board.failed(epoch) || epoch + 2 > Board.MOST_EPOCHS) {
            throw new IllegalStateException("shrink " + wiring.name() + ": broken=" + board.failed(epoch)
                    + " begun anew=" + epoch + ", expected a broken group, begun anew less than "
                    + (Board.MOST_EPOCHS - 1) + " times");
        }
        operation = Operation.SHRINK;
        board.doing(wiring.rank(), Operation.SHRINK.number);
        board.arrive(epoch, wiring.rank());
        wiring.wakeAll();
        while (!board.decide(epoch)) {
            try {
                wiring.await(() -> board.decide(epoch), this);
            } catch (Throwable cancelled) {
                if (board.withdraw(epoch, wiring.rank())) {
                    end();
                    throw cancelled;
                }
            }
        }
        wiring.wakeAll();
        beginAnew(board.members(epoch + 1));
        end();
    }

    private void beginAnew(long survivors) {
        epoch++;
        List<Integer> left = new ArrayList<>();
        for (int rank = 0; rank < wiring.size(); rank++) {
            if ((survivors & 1L << rank) != 0) {
                left.add(rank);
            }
        }
        dropAll();
        sequence = 0;
        members = left.stream().mapToInt(Integer::intValue).toArray();
        me = indexOf(wiring.rank());
        for (int rank : members) {
            if (board.state(rank) == Board.DIED) { // after it was counted, and before anybody knew of the epoch
                board.fail(epoch, new Board.Failure(rank, How.DIED.number, Operation.SHRINK.number));
            }
        }
    }

    /// Ends all, in order.
    final void leave() {
        board.leave(wiring.rank());
        wiring.wakeAll();
        wiring.release();
    }

    /// Ends all, and tells the others that it is not in order.
    final void lose(How how) {
        board.die(wiring.rank(), how.number);
        wiring.wakeAll();
        wiring.release();
    }
}

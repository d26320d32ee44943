package dev.sluice.internal.ranks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What the board says of ranks that end while others look whether they have died.
class BoardTest {
    private static final int STAMP = 7;

    private final Board board = new Board(ByteBuffer.allocateDirect(Board.bytes(2)), 2);

    @Test
    void whoHasDiedFailsTheEpoch() {
        assertThat(board.join(1, STAMP)).isTrue();
        assertThat(board.bury(stamp -> stamp == STAMP, Board.KILLED)).isTrue();
        assertThat(board.state(1)).isEqualTo(Board.DIED);
        assertThat(board.failure(0)).map(Board.Failure::rank).contains(1);
    }

    @Test
    void whoLeavesWhileItIsLookedAtHasNotDied() {
        assertThat(board.join(1, STAMP)).isTrue();
        boolean any = board.bury(
                stamp -> { // it leaves, and then its stamp is nobody's any more
                    board.leave(1);
                    return true;
                },
                Board.KILLED);
        assertThat(any).isFalse();
        assertThat(board.state(1)).isEqualTo(Board.LEFT);
        assertThat(board.failure(0)).isEqualTo(Optional.empty());
    }
}

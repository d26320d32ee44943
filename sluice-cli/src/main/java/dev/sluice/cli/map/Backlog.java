package dev.sluice.cli.map;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What one stream of one item has printed and the writer has not taken yet: pieces in order, in memory or
/// spilled.
///
/// Threads: guarded by the lock of the [Window]; a piece that was taken belongs to the writer.
final class Backlog {
    /// Up to [SpillFile#BLOCK] bytes of output.
    static final class Piece {
        private static final byte[] ELSEWHERE = {};

        int length;

        /// On its way to the spill file: nobody else touches it.
        boolean moving;

        private byte[] bytes;
        private int block = -1;
        private @Nullable Piece next;

        Piece(byte[] bytes, int length) {
            this.bytes = bytes;
            this.length = length;
        }

        boolean inMemory() {
            return block < 0;
        }

        byte[] bytes() {
            assert inMemory() : "piece in block " + block + ", expected in memory";
            return bytes;
        }

        int block() {
            assert !inMemory() : "piece in memory, expected in a block";
            return block;
        }

        void movedTo(int newBlock) {
            bytes = ELSEWHERE;
            block = newBlock;
        }

        /// Adds to the piece, if it does not get too long.
        boolean append(byte[] more, int count) {
            int whole = length + count;
            if (whole > SpillFile.BLOCK) {
                return false;
            }
            if (whole > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(whole, Math.min(2 * bytes.length, SpillFile.BLOCK)));
            }
            System.arraycopy(more, 0, bytes, length, count);
            length = whole;
            return true;
        }
    }

    private @Nullable Piece first;
    private @Nullable Piece last;

    /// Bytes that are not delivered yet.
    long pending;

    /// Bytes added by the current attempt.
    long received;

    /// The writer is at this stream and waits for what comes.
    boolean atTurn;

    /// The last piece if it is in memory, else null.
    @Nullable Piece tail() {
        return last == null || !last.inMemory() || last.moving ? null : last;
    }

    void add(byte[] bytes, int length) {
        var piece = new Piece(bytes, length);
        if (last == null) {
            first = piece;
        } else {
            last.next = piece;
        }
        last = piece;
        grew(length);
    }

    /// Bytes have been appended to the tail.
    void grew(int length) {
        pending += length;
        received += length;
    }

    /// Takes the first piece out; null if there is none or it is moving.
    @Nullable Piece poll() {
        Piece piece = first;
        if (piece == null || piece.moving) {
            return null;
        }
        first = piece.next;
        piece.next = null;
        if (first == null) {
            last = null;
        }
        return piece;
    }

    boolean isEmpty() {
        return first == null;
    }

    /// Another attempt begins.
    void forget() {
        assert first == null : "forget: pieces left";
        pending = 0;
        received = 0;
    }
}

package dev.sluice.internal.shm;

import dev.sluice.internal.linux.SharedMapping;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/// A piece of a shared file, in which one state of a model lives.
///
/// The file is mapped twice, as by two processes, and each of the two has joined it and holds the lock of its
/// place. It has no name any more, so it ends with this JVM. Pieces come around again: there are more of them
/// than jcstress has states at a time.
///
/// Threads: one at a time; what is made in it belongs to the threads of the model.
final class Piece {
    /// What every opening of a space says for those who need one.
    static final ShmSpace SPACE;

    /// The two openings.
    static final SharedFile ONE;

    static final SharedFile OTHER;

    /// An opening whose stamp nobody has: it is buried.
    static final SharedFile DEAD;

    /// Bytes of a piece, and of the largest value in one.
    static final int BYTES = 1024;

    static final int VALUE_BYTES = 24;

    private static final int PIECES = 1 << 14; // jcstress has at most 256 * 40 states at a time
    private static final int PLACES = 2;
    private static final int NO_PLACE = PLACES << 16 | 1;
    private static final byte[] ZEROS = new byte[BYTES];
    private static final AtomicInteger TURNS = new AtomicInteger();

    static {
        try {
            var directory = SharedDirectory.open(SharedDirectory.BASE, "sluice-stress-" + UUID.randomUUID());
            var limits = new FileHeader.Limits(VALUE_BYTES, 0, 0, 0);
            var request = new SharedFile.Request(FileHeader.Kind.VALUE, PLACES, limits);
            SharedFile.ZeroLayout layout = _ -> (long) PIECES * BYTES;
            ONE = SharedFile.open(directory, "pieces", request, layout);
            OTHER = SharedFile.open(directory, "pieces", request, layout);
            DEAD = SharedFile.open(directory, "pieces", request, layout);
            directory.removeAll();
            ONE.join(_ -> () -> {});
            OTHER.join(_ -> () -> {});
            DEAD.participants().goOn(NO_PLACE);
            SPACE = new ShmSpace("stress", directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Where it begins in the file: a multiple of 128.
    final long at;

    /// The next piece, all of it zero.
    Piece() {
        at = ONE.body() + Math.floorMod(TURNS.getAndIncrement(), PIECES) * (long) BYTES;
        memory().write(ZEROS, 0, at, BYTES);
    }

    /// The file as the first of the two sees it.
    static SharedMapping memory() {
        return ONE.memory();
    }

    /// A message or value that shows whether it is whole.
    static byte[] bytes(int number) {
        byte[] bytes = new byte[VALUE_BYTES];
        Arrays.fill(bytes, (byte) number);
        return bytes;
    }

    /// What was in bytes, in words.
    static String word(byte[] bytes, int length) {
        if (length != VALUE_BYTES) {
            return "torn";
        }
        for (int i = 1; i < length; i++) {
            if (bytes[i] != bytes[0]) {
                return "torn";
            }
        }
        return "got " + bytes[0];
    }
}

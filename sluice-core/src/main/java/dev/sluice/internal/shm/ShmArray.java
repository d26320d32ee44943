package dev.sluice.internal.shm;

import dev.sluice.space.Array;
import dev.sluice.space.SpaceException;
import dev.sluice.space.SpaceException.Problem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;

/// Numbers between processes, one behind the other. The first limit in the header is how many there are.
///
/// Threads: any.
final class ShmArray extends SharedWords implements Array {
    private static final int MOST = (1 << 27) - 1;

    private static final SharedFile.Layout LAYOUT =
            (SharedFile.ZeroLayout) limits -> OWN + checked(limits.p0()) * Long.BYTES;

    private final int length;

    private ShmArray(String name, SharedFile file) {
        super(name, file);
        this.length = (int) file.header().limits().p0();
    }

    private static long checked(long length) {
        if (length < 1 || length > MOST) {
            throw new IllegalArgumentException("array: length=" + length + ", expected 1.." + MOST);
        }
        return length;
    }

    static ShmArray open(SharedDirectory directory, String name, int length) throws IOException {
        return open(
                new Place(directory, name),
                FileHeader.Kind.ARRAY,
                new FileHeader.Limits(checked(length), 0, 0, 0),
                LAYOUT,
                file -> new ShmArray(name, file));
    }

    /// @throws SpaceException `MISMATCH` if there are more or fewer
    ShmArray requireLength(int asked) {
        if (asked != length) {
            throw new SpaceException(
                    Problem.MISMATCH,
                    "open " + this + ": length=" + asked + ", expected " + length + " as it was made");
        }
        return this;
    }

    @Override
    public int length() {
        return length;
    }

    private long offset(int index) {
        return at(OWN + (long) Objects.checkIndex(index, length) * Long.BYTES);
    }

    @Override
    public long get(int index) {
        return mapped(() -> mapping().getLongVolatile(offset(index))); // pairs with the changes below
    }

    @Override
    public void set(int index, long value) {
        mapped(() -> {
            mapping().putLongVolatile(offset(index), value); // pairs with the getLongVolatile in get
            return this;
        });
    }

    @Override
    public long add(int index, long delta) {
        // Pairs with the getLongVolatile in get.
        return mapped(() -> mapping().getAndAddLong(offset(index), delta) + delta);
    }

    @Override
    public boolean compareAndSet(int index, long expected, long value) {
        // Pairs with the getLongVolatile in get.
        return mapped(() -> mapping().compareAndSetLong(offset(index), expected, value));
    }

    @Override
    public Optional<ByteBuffer> memory() {
        return Optional.of(mapped(() -> mapping().buffer(offset(0), length * Long.BYTES)));
    }
}

package dev.sluice.internal.local;

import dev.sluice.space.Array;
import dev.sluice.space.Space.Kind;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.Optional;

/// The numbers of an array, in memory outside of the heap, which every opening may look at.
///
/// Threads: any, through NUMBERS only, but for those who use the memory itself.
final class LocalArray extends Monitor {
    private static final VarHandle NUMBERS =
            MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final int length;
    private final ByteBuffer memory;

    LocalArray(Realm realm, String name, int length) {
        super(realm, Kind.ARRAY, name);
        this.length = length;
        this.memory = ByteBuffer.allocateDirect(length * Long.BYTES + Long.BYTES - 1)
                .alignedSlice(Long.BYTES)
                .slice(0, length * Long.BYTES);
    }

    int length() {
        return length;
    }

    Array in(LocalSpace opening) {
        return new View(opening, this);
    }

    private int at(int index) {
        return Objects.checkIndex(index, length) * Long.BYTES;
    }

    private record View(LocalSpace opening, LocalArray array) implements Array {
        @Override
        public String name() {
            return array.name;
        }

        @Override
        public int length() {
            return array.length;
        }

        @Override
        public long get(int index) {
            // Pairs with the volatile writes below, of this and other openings.
            return (long) NUMBERS.getVolatile(array.memory, at("get from", index));
        }

        @Override
        public void set(int index, long value) {
            // Pairs with the volatile read in get.
            NUMBERS.setVolatile(array.memory, at("set in", index), value);
        }

        @Override
        public long add(int index, long delta) {
            // Pairs with the volatile read in get.
            return (long) NUMBERS.getAndAdd(array.memory, at("add in", index), delta) + delta;
        }

        @Override
        public boolean compareAndSet(int index, long expected, long value) {
            // Pairs with the volatile read in get.
            return NUMBERS.compareAndSet(array.memory, at("set in", index), expected, value);
        }

        private int at(String doing, int index) {
            opening.requireOpen(doing, array);
            return array.at(index);
        }

        @Override
        public Optional<ByteBuffer> memory() {
            opening.requireOpen("look at", array);
            return Optional.of(array.memory.duplicate().order(ByteOrder.nativeOrder()));
        }

        @Override
        public String toString() {
            return array.subject();
        }
    }
}

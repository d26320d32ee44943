package dev.sluice.space;

import java.nio.ByteBuffer;
import java.util.Optional;

/// Numbers of 64 bits, integers or floating point, that all members of a space read and change.
///
/// ```java
/// Array sums = space.array("sums", 8);
/// sums.add(worker, 1);
/// sums.setDouble(worker, 0.5);
/// ```
///
/// What concerns one number is one step. What concerns several is not: guard it by a
/// [dev.sluice.space.sync.SharedLock], or let each member write numbers of its own.
///
/// Threads: any, of any member of the space.
public interface Array {
    /// The name in its space.
    String name();

    /// How many numbers there are.
    int length();

    /// A number as it is now.
    ///
    /// @throws IndexOutOfBoundsException as the other methods, for what is not an index
    long get(int index);

    /// Makes a number another one. Who sees it sees what the caller did before.
    void set(int index, long value);

    /// Adds to a number, in one step.
    ///
    /// @return what it became
    long add(int index, long delta);

    /// Makes a number another one, if it is what the caller believes.
    ///
    /// @return whether it was
    boolean compareAndSet(int index, long expected, long value);

    /// A number of floating point, as it is now.
    default double getDouble(int index) {
        return Double.longBitsToDouble(get(index));
    }

    /// Makes a number another one.
    default void setDouble(int index, double value) {
        set(index, Double.doubleToRawLongBits(value));
    }

    /// Reads several numbers, each in one step.
    ///
    /// @param into as many as it has room for
    default void read(int index, long[] into) {
        java.util.Objects.checkFromIndexSize(index, into.length, length());
        for (int i = 0; i < into.length; i++) {
            into[i] = get(index + i);
        }
    }

    /// Writes several numbers, each in one step.
    default void write(int index, long[] from) {
        java.util.Objects.checkFromIndexSize(index, from.length, length());
        for (int i = 0; i < from.length; i++) {
            set(index + i, from[i]);
        }
    }

    /// The numbers themselves, in the byte order of the machine, where [Space.Capabilities#sharedMemory] says
    /// so: for what computes over many of them. Plain accesses; order them by another object of the space.
    /// After the space was closed it must not be used.
    Optional<ByteBuffer> memory();
}

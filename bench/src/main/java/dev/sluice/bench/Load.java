package dev.sluice.bench;

/// One side's way to do a work. It lives in a JVM of its own and is run many times there.
public interface Load extends AutoCloseable {
    /// Does the work.
    ///
    /// @param operations how often; a load that works in batches may be given a number that its batch divides
    /// @return a value that depends on `operations` only: all sides of a work must return the same
    long run(long operations) throws Exception;

    /// Does the work and says what it cost; a load that measures something else than time does it here.
    default Sample sample(long operations) throws Exception {
        Usage before = Usage.now();
        long check = run(operations);
        return Usage.now().since(before).sample(operations, check);
    }

    @Override
    default void close() {}
}

package dev.sluice.internal.shm;

/// What an opening of a space has open: one file of shared memory.
interface SharedObject extends AutoCloseable {
    SharedFile file();

    /// Leaves it: what this opener holds is released, and its waits end. Again it does nothing.
    @Override
    void close();
}

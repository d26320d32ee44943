package dev.sluice.tls;

/// Guesses whether a write is the only one before its connection waits for the peer, as the last one was: as of
/// whoever asks and waits for the answer.
///
/// Threads: any, without a lock; races about a guess do no harm.
final class LoneWrites {
    private int writes; // since the reader waited
    private boolean single; // and before that there was one

    /// Before a write.
    ///
    /// @return whether none will follow, probably
    boolean next() {
        return writes++ == 0 && single;
    }

    /// The reader is about to wait.
    void waits() {
        if (writes > 0) {
            single = writes == 1;
            writes = 0;
        }
    }
}

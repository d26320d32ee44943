package dev.sluice.internal.strand;

/// The place of something in the scope that opened it, for what ends when that scope is left and not when it is
/// cancelled: the operations of those who are cancelled end by themselves.
///
/// Threads: made and joined by the strand that opens; left by any.
public final class Ownership extends Owned {
    private final Object owned;
    private final Runnable end;

    /// In the innermost scope of the caller.
    ///
    /// @param owned what reports call it
    /// @param end ends it and waits, cancelled or not; run by the strand that leaves the scope
    public Ownership(Object owned, Runnable end) {
        super(Strand.current());
        this.owned = owned;
        this.end = end;
    }

    public void join() {
        begin();
    }

    /// It has ended. Once is enough, more is no error.
    public void leave() {
        release();
    }

    @Override
    protected void onCancelled() {
        // What is owned goes on until the scope is left.
    }

    @Override
    protected void end() {
        end.run();
    }

    @Override
    public String toString() {
        return owned.toString();
    }
}

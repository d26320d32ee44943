package dev.sluice.cli.map;

import org.jspecify.annotations.Nullable;

/// One item on its way: from the moment it is taken from the input until all its output has been written.
///
/// Threads: guarded by the lock of the [Window], except for the final fields.
final class Slot {
    static final int STREAMS = 2;
    static final int STDOUT = 0;
    static final int STDERR = 1;

    final Item item;

    /// What of the window's room it takes.
    final int weight;

    private final Backlog stdout = new Backlog();
    private final Backlog stderr = new Backlog();

    /// Its output may be written: no other attempt will replace it.
    boolean committed;

    /// It has its end: no more output comes.
    boolean complete;

    /// The writers know of it.
    boolean queued;

    /// The writers that have not passed it yet.
    int writersLeft = STREAMS;

    /// Pieces that are not written yet, those included that a writer has at the moment.
    int undelivered;

    /// To be logged once nothing is undelivered.
    @Nullable JobRecord record;

    Slot(Item item, int weight) {
        this.item = item;
        this.weight = weight;
    }

    Backlog stream(int stream) {
        return stream == STDOUT ? stdout : stderr;
    }
}

package dev.sluice.bench.channel;

import java.util.function.Supplier;

/// How far apart senders and receivers are, for each side.
///
/// Coroutines of ours stay on their loop. Virtual threads of the JDK, goroutines and coroutines on Kotlin's
/// pool may meet on one thread also where ours are on two.
enum Distance {
    ONE_LOOP("on one loop", Place::oneLoop, Place::virtualThreads, Dispatcher.EVENT_LOOP),
    /// As [#ONE_LOOP], and our channels are told so: they have no lock.
    CONFINED("confined to one loop", Place::oneLoop, Place::virtualThreads, Dispatcher.EVENT_LOOP),
    ACROSS("across loops", Place::twoLoops, Place::virtualThreads, Dispatcher.DEFAULT),
    FROM_THREAD("from a thread to a loop", Place::threadToLoop, Place::threadToVirtual, Dispatcher.THREAD_TO_DEFAULT);

    final String text;
    final Supplier<Place> ours;
    final Supplier<Place> threads;
    final Dispatcher kotlin;

    Distance(String text, Supplier<Place> ours, Supplier<Place> threads, Dispatcher kotlin) {
        this.text = text;
        this.ours = ours;
        this.threads = threads;
        this.kotlin = kotlin;
    }

    /// Our channels at this distance.
    Library library() {
        return new SluiceLibrary(this == CONFINED);
    }

    /// How many threads a peer may use that has no loops.
    int cpus() {
        return this == ONE_LOOP || this == CONFINED ? 1 : Runtime.getRuntime().availableProcessors();
    }
}

package dev.sluice.bench.channel;

import static dev.sluice.bench.channel.Library.RENDEZVOUS;
import static dev.sluice.bench.channel.Library.UNLIMITED;

import dev.sluice.bench.Load;
import dev.sluice.bench.Metric;
import dev.sluice.bench.Program;
import dev.sluice.bench.Work;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;

/// Puts the peers of a shape at a distance beside ours. A goal of 0 is none.
final class Sides {
    private final Shape shape;
    private final Distance distance;
    private Work work;

    Sides(Shape shape, Distance distance) {
        this.shape = shape;
        this.distance = distance;
        this.work = Work.of(
                        "channel " + distance.text + ": " + shape.name(),
                        () -> load(distance.library(), distance.ours.get()))
                .batch(shape.batch());
    }

    private ChannelLoad load(Library library, Place place) {
        return place.make(() -> shape.java().load(library, place));
    }

    Work work() {
        return work;
    }

    /// Ours that have not been told that one loop uses them.
    Sides withLock() {
        return beside("Sluice, not confined", new SluiceLibrary(false), distance.ours, 0);
    }

    Sides jox(double goal) {
        return beside("Jox", new JoxLibrary(), distance.threads, goal);
    }

    /// Jox's channels between coroutines of ours: what is the channel's, and what the scheduler's.
    Sides joxOnOurs() {
        return beside("Jox, our coroutines", new JoxLibrary(), distance.ours, 0);
    }

    Sides kotlin(double goal) {
        return kotlin(distance.kotlin, goal);
    }

    private Sides kotlin(Dispatcher dispatcher, double goal) {
        String name = switch (dispatcher) {
            case EVENT_LOOP -> "Kotlin, event loop";
            case DEFAULT -> "Kotlin, Dispatchers.Default";
            case TWO_THREADS -> "Kotlin, two threads";
            case THREAD_TO_DEFAULT -> "Kotlin, thread to Default";
        };
        work = work.beside(name, () -> kotlin(shape.kotlin().load(new Coroutines(dispatcher))));
        return goal(goal);
    }

    private static Load kotlin(LongUnaryOperator load) {
        return load::applyAsLong;
    }

    /// The JDK's queues that can do it, between its virtual threads.
    Sides queues(double goal) {
        return queues("", distance.threads, goal);
    }

    /// Jox, Kotlin and the JDK's queues where they cannot meet on one thread: on two, as ours.
    Sides onTwoThreads(double goal) {
        return beside("Jox, platform threads", new JoxLibrary(), Place::platformThreads, goal)
                .kotlinOnTwoThreads(goal)
                .queues(", platform threads", Place::platformThreads, goal);
    }

    Sides kotlinOnTwoThreads(double goal) {
        return kotlin(Dispatcher.TWO_THREADS, goal);
    }

    private Sides queues(String where, Supplier<Place> place, double goal) {
        return switch (shape.capacity()) {
            case RENDEZVOUS ->
                beside("SynchronousQueue" + where, JdkLibrary.SYNCHRONOUS, place, goal)
                        .beside("LinkedTransferQueue" + where, JdkLibrary.TRANSFER, place, goal);
            case UNLIMITED -> beside("LinkedTransferQueue" + where, JdkLibrary.TRANSFER, place, goal);
            default -> beside("ArrayBlockingQueue" + where, JdkLibrary.ARRAY, place, goal);
        };
    }

    private Sides beside(String name, Library library, Supplier<Place> place, double goal) {
        work = work.beside(name, () -> load(library, place.get()));
        return goal(goal);
    }

    private Sides goal(double least) {
        if (least > 0) {
            work = work.goal(Metric.WALL, least);
        }
        return this;
    }

    /// Go has no channel without a limit.
    Sides go() {
        if (shape.capacity() != UNLIMITED) {
            int threads = distance.cpus();
            String name = threads == 1 ? "Go, GOMAXPROCS=1" : "Go";
            work = work.beside(Program.go(name, threads, shape.program().toArray(String[]::new)));
        }
        return this;
    }

    /// asyncio has no rendezvous.
    Sides asyncio() {
        if (shape.capacity() != RENDEZVOUS) {
            work = work.beside(Program.python("asyncio", shape.program().toArray(String[]::new)));
        }
        return this;
    }
}

package dev.sluice.bench.channel;

import static dev.sluice.bench.channel.Library.RENDEZVOUS;

import dev.sluice.bench.Load;
import dev.sluice.bench.Metric;
import dev.sluice.bench.Work;
import java.util.List;
import java.util.function.LongUnaryOperator;

/// The works of the suite `channel`, with the goals of the design. Each class of a load says what its operation
/// is.
public final class ChannelSuite {
    private ChannelSuite() {}

    public static List<Work> works(boolean quick) {
        return List.of(
                rendezvousSameLoop(),
                bufferedSameLoop(64),
                selectSameLoop(2, RENDEZVOUS),
                selectSameLoop(2, 64),
                bufferedAcross(64));
    }

    private static Work rendezvousSameLoop() {
        return Work.of(
                        "channel on one loop: rendezvous",
                        () -> new Stream(new SluiceLibrary(), RENDEZVOUS, Place.oneLoop()))
                .beside("Jox, virtual threads", () -> new Stream(new JoxLibrary(), RENDEZVOUS, Place.virtualThreads()))
                .goal(Metric.WALL, 2)
                .beside("Jox, our coroutines", () -> new Stream(new JoxLibrary(), RENDEZVOUS, Place.oneLoop()))
                .beside("Kotlin, event loop", () -> kotlin(Coroutines.stream(RENDEZVOUS, Dispatcher.EVENT_LOOP)))
                .beside(
                        "SynchronousQueue, virtual threads",
                        () -> new Stream(JdkLibrary.SYNCHRONOUS, RENDEZVOUS, Place.virtualThreads()))
                .beside(
                        "LinkedTransferQueue, virtual threads",
                        () -> new Stream(JdkLibrary.TRANSFER, RENDEZVOUS, Place.virtualThreads()));
    }

    private static Work bufferedSameLoop(int capacity) {
        return Work.of(
                        "channel on one loop: buffered " + capacity,
                        () -> new Stream(new SluiceLibrary(), capacity, Place.oneLoop()))
                .beside("Jox, virtual threads", () -> new Stream(new JoxLibrary(), capacity, Place.virtualThreads()))
                .goal(Metric.WALL, 2)
                .beside("Jox, our coroutines", () -> new Stream(new JoxLibrary(), capacity, Place.oneLoop()))
                .beside("Kotlin, event loop", () -> kotlin(Coroutines.stream(capacity, Dispatcher.EVENT_LOOP)))
                .goal(Metric.WALL, 1)
                .beside(
                        "ArrayBlockingQueue, virtual threads",
                        () -> new Stream(JdkLibrary.ARRAY, capacity, Place.virtualThreads()));
    }

    private static Work selectSameLoop(int count, int capacity) {
        String kind = capacity == RENDEZVOUS ? "rendezvous" : "buffered " + capacity;
        return Work.of(
                        "channel on one loop: select of " + count + ", " + kind,
                        () -> new SelectOf(count, new SluiceLibrary(), capacity, Place.oneLoop()))
                .beside(
                        "Jox, virtual threads",
                        () -> new SelectOf(count, new JoxLibrary(), capacity, Place.virtualThreads()))
                .goal(Metric.WALL, 2)
                .beside("Jox, our coroutines", () -> new SelectOf(count, new JoxLibrary(), capacity, Place.oneLoop()))
                .beside("Kotlin, event loop", () -> kotlin(Coroutines.selectOfTwo(capacity, Dispatcher.EVENT_LOOP)))
                .goal(Metric.WALL, 1)
                .batch(count);
    }

    private static Work bufferedAcross(int capacity) {
        return Work.of(
                        "channel across loops: buffered " + capacity,
                        () -> new Stream(new SluiceLibrary(), capacity, Place.twoLoops()))
                .beside("Jox, virtual threads", () -> new Stream(new JoxLibrary(), capacity, Place.virtualThreads()))
                .goal(Metric.WALL, 1.5)
                .beside("Kotlin, Dispatchers.Default", () -> kotlin(Coroutines.stream(capacity, Dispatcher.DEFAULT)))
                .goal(Metric.WALL, 1.5)
                .beside(
                        "ArrayBlockingQueue, virtual threads",
                        () -> new Stream(JdkLibrary.ARRAY, capacity, Place.virtualThreads()))
                .goal(Metric.WALL, 1.5)
                .beside(
                        "ArrayBlockingQueue, platform threads",
                        () -> new Stream(JdkLibrary.ARRAY, capacity, Place.platformThreads()))
                .goal(Metric.WALL, 1.5);
    }

    private static Load kotlin(LongUnaryOperator load) {
        return load::applyAsLong;
    }
}

package dev.sluice.bench.channel;

import static dev.sluice.bench.channel.Library.RENDEZVOUS;
import static dev.sluice.bench.channel.Library.UNLIMITED;

import dev.sluice.bench.Metric;
import dev.sluice.bench.Work;
import java.util.ArrayList;
import java.util.List;

/// The works of the suite `channel`, with the goals of the design. The class of each load says what its
/// operation is.
public final class ChannelSuite {
    /// Bytes per value that are none: what a run allocates for its tasks is spread over its values.
    private static final double NONE = 0.5;

    private ChannelSuite() {}

    public static List<Work> works(boolean quick) {
        List<Work> works = new ArrayList<>(List.of(
                rendezvous().joxOnOurs().queues(0).go().work().budget(Metric.ALLOCATED, 32),
                buffered().joxOnOurs().queues(0).go().asyncio().work().budget(Metric.ALLOCATED, NONE),
                selectOfTwo(RENDEZVOUS).go().work(),
                selectOfTwo(64).go().asyncio().work(),
                bufferedAcross().onTwoThreads(1.5).go().work()));
        works.add(oneLoop(Shape.broadcast(64))
                .jox(0)
                .kotlin(0)
                .queues(0)
                .go()
                .asyncio()
                .work());
        works.add(
                across(Shape.pingPong(1)).jox(0).kotlin(0).onTwoThreads(0).go().work());
        works.add(fromThread(Shape.stream(64)).jox(0).kotlin(0).queues(0).work());
        if (!quick) {
            works.addAll(moreOnOneLoop());
            works.addAll(moreApart());
        }
        return works;
    }

    /// The goals alone, for a run that has little time.
    public static List<Work> goals() {
        return List.of(
                rendezvous().work().budget(Metric.ALLOCATED, 32),
                buffered().work().budget(Metric.ALLOCATED, NONE),
                selectOfTwo(64).work(),
                bufferedAcross().work());
    }

    private static Sides rendezvous() {
        return oneLoop(Shape.stream(RENDEZVOUS)).jox(2).kotlin(0);
    }

    private static Sides buffered() {
        return oneLoop(Shape.stream(64)).jox(2).kotlin(1);
    }

    private static Sides selectOfTwo(int capacity) {
        return oneLoop(Shape.selectOf(2, capacity)).jox(2).kotlin(1);
    }

    private static Sides bufferedAcross() {
        return across(Shape.stream(64)).jox(1.5).kotlin(1.5).queues(1.5);
    }

    private static List<Work> moreOnOneLoop() {
        List<Work> works = new ArrayList<>();
        for (int capacity : new int[] {1, 1024, UNLIMITED}) {
            works.add(oneLoop(Shape.stream(capacity))
                    .jox(0)
                    .kotlin(0)
                    .queues(0)
                    .go()
                    .asyncio()
                    .work());
        }
        for (int capacity : new int[] {RENDEZVOUS, 64}) {
            works.add(oneLoop(Shape.selectOf(8, capacity))
                    .jox(0)
                    .kotlin(0)
                    .go()
                    .asyncio()
                    .work());
        }
        works.add(oneLoop(Shape.pingPong(1))
                .jox(0)
                .kotlin(0)
                .queues(0)
                .go()
                .asyncio()
                .work());
        works.add(oneLoop(Shape.fanIn(64))
                .jox(0)
                .kotlin(0)
                .queues(0)
                .go()
                .asyncio()
                .work());
        works.add(oneLoop(Shape.chain()).jox(0).kotlin(0).go().work());
        for (Shape shape : List.of(Shape.stream(RENDEZVOUS), Shape.stream(64), Shape.selectOf(2, 64))) {
            works.add(new Sides(shape, Distance.CONFINED)
                    .withLock()
                    .jox(0)
                    .kotlin(0)
                    .go()
                    .work());
        }
        return works;
    }

    private static List<Work> moreApart() {
        List<Work> works = new ArrayList<>();
        for (int capacity : new int[] {RENDEZVOUS, 1, 1024, UNLIMITED}) {
            works.add(across(Shape.stream(capacity))
                    .jox(0)
                    .kotlin(0)
                    .queues(0)
                    .onTwoThreads(0)
                    .go()
                    .work());
        }
        for (Shape shape : List.of(
                Shape.selectOf(2, RENDEZVOUS),
                Shape.selectOf(2, 64),
                Shape.selectOf(8, RENDEZVOUS),
                Shape.selectOf(8, 64))) {
            works.add(across(shape).jox(0).kotlin(0).go().work());
        }
        works.add(across(Shape.broadcast(64)).jox(0).kotlin(0).queues(0).go().work());
        works.add(across(Shape.fanIn(64)).jox(0).kotlin(0).queues(0).go().work());
        works.add(across(Shape.chain())
                .jox(0)
                .kotlin(0)
                .kotlinOnTwoThreads(0)
                .go()
                .work());
        for (int capacity : new int[] {RENDEZVOUS, 1, 1024, UNLIMITED}) {
            works.add(fromThread(Shape.stream(capacity))
                    .jox(0)
                    .kotlin(0)
                    .queues(0)
                    .work());
        }
        for (Shape shape : List.of(
                Shape.selectOf(2, RENDEZVOUS),
                Shape.selectOf(2, 64),
                Shape.selectOf(8, RENDEZVOUS),
                Shape.selectOf(8, 64))) {
            works.add(fromThread(shape).jox(0).kotlin(0).work());
        }
        works.add(fromThread(Shape.broadcast(64)).jox(0).kotlin(0).queues(0).work());
        works.add(fromThread(Shape.chain()).jox(0).kotlin(0).work());
        works.add(fromThread(Shape.pingPong(1)).jox(0).kotlin(0).queues(0).work());
        works.add(fromThread(Shape.fanIn(64)).jox(0).kotlin(0).queues(0).work());
        return works;
    }

    private static Sides oneLoop(Shape shape) {
        return new Sides(shape, Distance.ONE_LOOP);
    }

    private static Sides across(Shape shape) {
        return new Sides(shape, Distance.ACROSS);
    }

    private static Sides fromThread(Shape shape) {
        return new Sides(shape, Distance.FROM_THREAD);
    }
}

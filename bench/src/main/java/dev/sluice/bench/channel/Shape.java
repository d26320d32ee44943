package dev.sluice.bench.channel;

import static dev.sluice.bench.channel.Library.RENDEZVOUS;
import static dev.sluice.bench.channel.Library.UNLIMITED;

import java.util.List;
import java.util.function.LongUnaryOperator;

/// What is done with channels, in every language.
///
/// @param capacity of each channel
/// @param java for a library for the JVM
/// @param program the same, as the arguments of the other languages' programs
record Shape(String name, int capacity, OnLibrary java, InKotlin kotlin, List<String> program) {
    private static final long BATCH = 200;

    /// Makes the load of a library.
    @FunctionalInterface
    interface OnLibrary {
        ChannelLoad load(Library library, Place place);
    }

    /// Makes the load of Kotlin.
    @FunctionalInterface
    interface InKotlin {
        LongUnaryOperator load(Coroutines coroutines);
    }

    static Shape stream(int capacity) {
        return new Shape(
                kind(capacity),
                capacity,
                (library, place) -> new Stream(library, capacity, place),
                coroutines -> coroutines.stream(capacity),
                List.of("stream", number(capacity)));
    }

    static Shape selectOf(int count, int capacity) {
        return new Shape(
                "select of " + count + ", " + kind(capacity),
                capacity,
                (library, place) -> new SelectOf(count, library, capacity, place),
                coroutines -> coroutines.selectOf(count, capacity),
                List.of("select", number(capacity), number(count)));
    }

    static Shape pingPong(int capacity) {
        return new Shape(
                "ping-pong, " + kind(capacity),
                capacity,
                (library, place) -> new PingPong(library, capacity, place),
                coroutines -> coroutines.pingPong(capacity),
                List.of("ping-pong", number(capacity)));
    }

    static Shape fanIn(int capacity) {
        return new Shape(
                "fan-in of " + FanIn.SENDERS + ", " + kind(capacity),
                capacity,
                (library, place) -> new FanIn(library, capacity, place),
                coroutines -> coroutines.fanIn(FanIn.SENDERS, capacity),
                List.of("fan-in", number(capacity), number(FanIn.SENDERS)));
    }

    static Shape broadcast(int capacity) {
        return new Shape(
                "broadcast to " + BroadcastTo.RECEIVERS + ", " + kind(capacity),
                capacity,
                (library, place) -> new BroadcastTo(library, capacity, place),
                coroutines -> coroutines.broadcast(BroadcastTo.RECEIVERS, capacity),
                List.of("broadcast", number(capacity), number(BroadcastTo.RECEIVERS)));
    }

    static Shape chain() {
        return new Shape(
                "chain of " + Chain.STAGES + " stages",
                RENDEZVOUS,
                Chain::new,
                coroutines -> coroutines.chain(Chain.STAGES, Chain.VALUES),
                List.of("chain", number(RENDEZVOUS), number(Chain.STAGES), number(Chain.VALUES)));
    }

    /// What the operations of each load have to be a multiple of.
    long batch() {
        return name.startsWith("chain") ? Chain.BATCH : BATCH;
    }

    private static String kind(int capacity) {
        return switch (capacity) {
            case RENDEZVOUS -> "rendezvous";
            case UNLIMITED -> "unlimited";
            default -> "buffered " + capacity;
        };
    }

    private static String number(int number) {
        return Integer.toString(number);
    }
}

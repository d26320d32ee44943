package dev.sluice.stress;

import dev.sluice.channel.Channel;
import dev.sluice.channel.Received;
import dev.sluice.channel.SplitChannel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/// The kinds of channels, each in its turn, so that one test tries all: the first word of its result is the
/// kind.
enum Kinds {
    RENDEZVOUS,
    BUFFERED,
    SPLIT,
    LATEST,
    UNLIMITED,
    PRIORITY,
    DELAYED;

    private static final Kinds[] ALL = values();

    /// Those whose senders may have to wait, for room of one value or for a receiver.
    private static final Kinds[] BOUNDED = {RENDEZVOUS, BUFFERED, SPLIT, PRIORITY, DELAYED};

    /// Those that hold a value.
    private static final Kinds[] HOLDING = {BUFFERED, SPLIT, LATEST, UNLIMITED, PRIORITY, DELAYED};

    private static final AtomicInteger TURNS = new AtomicInteger();

    static Kinds any() {
        return turn(ALL);
    }

    static Kinds bounded() {
        return turn(BOUNDED);
    }

    static Kinds holding() {
        return turn(HOLDING);
    }

    private static Kinds turn(Kinds[] of) {
        return of[Math.floorMod(TURNS.getAndIncrement(), of.length)];
    }

    /// A channel of this kind, with room for one value if it has a limit.
    Channel<Integer> create() {
        return switch (this) {
            case RENDEZVOUS -> Channel.rendezvous();
            case BUFFERED -> Channel.buffered(1);
            case SPLIT -> SplitChannel.buffered(1);
            case LATEST -> Channel.latest();
            case UNLIMITED -> Channel.unlimited();
            case PRIORITY -> Channel.priority(1, value -> value);
            case DELAYED -> Channel.delayed(1, value -> Duration.ZERO);
        };
    }

    /// What a received is, in words.
    static String word(Received<Integer> received) {
        return switch (received) {
            case Received.Value<Integer>(Integer value) -> "got " + value;
            case Received.Empty<Integer> empty -> "empty";
            case Received.Done<Integer> done -> "end";
            case Received.Failed<Integer> failed -> "failure";
        };
    }

    /// What is left in a channel, when all is over.
    static String left(Channel<Integer> channel) {
        var values = new StringBuilder("left");
        while (channel.tryReceive() instanceof Received.Value<Integer>(Integer value)) {
            values.append(' ').append(value);
        }
        return values.toString();
    }
}

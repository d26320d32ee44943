package dev.sluice.ranks;

import dev.sluice.internal.ranks.ByteRing;
import dev.sluice.internal.ranks.Wiring;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Another rank, as an [Endpoint] sees it.
///
/// Threads: as the endpoint.
final class Peer {
    /// Its number in the wiring.
    final int original;

    /// What has come from it and nobody has taken; the last one may be in parts.
    final ArrayDeque<Kept> kept = new ArrayDeque<>();

    /// The message of which parts come.
    int current;

    /// Whether these parts go where they belong at once.
    boolean direct;

    /// How many messages went to it.
    int sent;

    private final Wiring wiring;
    private @Nullable ByteRing in;
    private @Nullable ByteRing out;

    Peer(Wiring wiring, int original) {
        this.wiring = wiring;
        this.original = original;
    }

    ByteRing in() {
        ByteRing known = in;
        if (known == null) {
            known = wiring.from(original);
            in = known;
        }
        return known;
    }

    ByteRing out() {
        ByteRing known = out;
        if (known == null) {
            known = wiring.to(original);
            out = known;
        }
        return known;
    }

    /// The first message with a tag, complete or not.
    @Nullable Kept first(int tag) {
        for (Kept message : kept) {
            if (message.tag == tag) {
                return message;
            }
        }
        return null;
    }

    /// The first message with a tag, if it is complete.
    @Nullable Kept complete(int tag) {
        Kept message = first(tag);
        return message != null && message.isComplete() ? message : null;
    }
}

package dev.sluice.ranks;

import dev.sluice.internal.ranks.Board;
import dev.sluice.internal.ranks.ByteRing;
import dev.sluice.internal.ranks.Wiring;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// One rank's side of all messages of its group: at most one that goes and one that comes at a time, both moved
/// by whoever waits for them.
///
/// A message that is not the one waited for is kept, so that whoever waits for room is not waited for by those
/// whom he does not read. What belongs to an epoch that has ended is dropped. Members are called by their
/// numbers in the group, and have other numbers in the wiring when the group has shrunk.
///
/// Threads: one strand at a time, see [Group]; [#open] by others while it waits.
final class Endpoint extends Standing {
    /// The largest message that is kept, and all of them together.
    static final int MOST_KEPT = 64 << 20;

    private final Peer[] peers; // by their numbers in the wiring; the strand only
    private final BooleanSupplier opens = this::open;
    private long messages; // sent; the strand only, and people, who may see an older one
    private long bytes; // likewise

    // What follows: the strand only; `open` reads it while the strand waits.
    private long kept; // bytes

    private int lastFound; // by whoever receives from anybody: the next one is asked first
    private @Nullable Peer waitsFor;

    private @Nullable Peer to; // of the message that goes, until all of it has gone
    private ByteRing.Source source = (_, _) -> {};
    private ByteRing.Heading heading = new ByteRing.Heading(0, 0, 0, 0);
    private long gone;

    private @Nullable Peer from; // of the numbers that come, until all of them have
    private Sink sink = (_, _) -> {};
    private long expected;

    /// Where numbers go that come.
    @FunctionalInterface
    interface Sink {
        /// @param payload its remaining bytes are taken
        /// @param offset where in the message they belong
        void take(ByteBuffer payload, long offset);
    }

    Endpoint(Wiring wiring) {
        super(wiring);
        this.peers = new Peer[wiring.size()];
        for (int rank = 0; rank < peers.length; rank++) {
            peers[rank] = new Peer(wiring, rank);
        }
    }

    long messages() {
        return messages;
    }

    long bytes() {
        return bytes;
    }

    private Peer peer(int rank) {
        return peers[members[rank]];
    }

    @Override
    void stop() {
        to = null;
        from = null;
    }

    @Override
    void dropAll() {
        for (Peer peer : peers) {
            peer.kept.clear();
        }
        kept = 0;
    }

    /// @throws RankFailedException if a member will receive nothing any more
    void requirePresent(int rank) {
        Peer peer = peer(rank);
        if (hasLeft(peer)) {
            giveUpOn(peer.original);
        }
    }

    // ---- messages of bytes

    /// Sends to a member, if any, and waits for a message of another one, if any, both at the same time.
    ///
    /// @return what came; empty if nothing was to come
    byte[] swap(int receiver, byte[] message, int sender) {
        start(receiver, (target, offset) -> target.put(message, (int) offset, target.remaining()), message.length);
        Peer giver = sender == NOBODY ? null : peer(sender);
        Kept came = null;
        while (true) {
            boolean left = giver != null && hasLeft(giver); // before the look
            if (giver != null && came == null) {
                came = taken(giver);
            }
            boolean moved = push();
            if (to == null && (giver == null || came != null)) {
                return came == null ? message : came.data;
            }
            if (!moved) {
                waitFor(came == null ? giver : null, left);
            }
        }
    }

    /// The kept message of a peer that is waited for; looks for more until it is there.
    private @Nullable Kept taken(Peer giver) {
        Kept first = giver.complete(tag);
        if (first == null && drain(giver, true)) {
            first = giver.complete(tag);
        }
        if (first != null) {
            giver.kept.remove(first);
            kept -= first.data.length;
            begun = true;
        }
        return first;
    }

    /// What came from whomever is first.
    record Found(int from, Kept message) {}

    /// Waits for a message from any member.
    Found takeAny() {
        if (members.length == 1) {
            throw new IllegalStateException(this + ": size=1, expected another rank that sends");
        }
        while (true) {
            boolean left = allOthersLeft(); // before the look
            for (int i = 1; i <= members.length; i++) {
                int rank = (lastFound + i) % members.length;
                Kept found = rank == me ? null : taken(peer(rank));
                if (found != null) {
                    lastFound = rank;
                    return new Found(rank, found);
                }
            }
            waitFor(left ? peer((me + 1) % members.length) : null, left);
        }
    }

    private boolean allOthersLeft() {
        for (int rank = 0; rank < members.length; rank++) {
            if (rank != me && !hasLeft(peer(rank))) {
                return false;
            }
        }
        return true;
    }

    // ---- messages of numbers

    /// Numbers that go.
    record Going(ByteRing.Source source, long bytes) {}

    /// Numbers that come.
    record Coming(Sink sink, long bytes) {}

    /// Sends numbers to a member, if any, and takes those of another one, if any, both at the same time.
    void exchange(int receiver, Going out, int sender, Coming coming) {
        start(receiver, out.source, out.bytes);
        from = sender == NOBODY ? null : peer(sender);
        sink = coming.sink;
        expected = coming.bytes;
        Peer giver = from;
        while (to != null || from != null) {
            boolean left = from != null && hasLeft(from); // before the look
            boolean moved = push();
            if (from != null) {
                moved |= pull(from);
            }
            if (!moved) {
                waitFor(from != null ? giver : null, left);
            }
        }
    }

    /// Takes what there is of the numbers.
    private boolean pull(Peer giver) {
        Kept first = giver.first(tag);
        if (first == null) {
            return drain(giver, false);
        }
        boolean moved = drain(giver, true);
        if (first.isComplete()) {
            giver.kept.remove(first);
            kept -= first.data.length;
            requireExpected(giver, first.data.length);
            sink.take(first.buffer(), 0);
            from = null;
            begun = true;
            return true;
        }
        return moved;
    }

    private void requireExpected(Peer giver, long came) {
        if (came != expected) {
            begun = true;
            throw new IllegalStateException(this + ": bytes=" + came + " from rank " + indexOf(giver.original)
                    + ", expected " + expected + ": all ranks give as many numbers");
        }
    }

    // ---- the rings

    private void start(int receiver, ByteRing.Source what, long size) {
        to = receiver == NOBODY ? null : peer(receiver);
        source = what;
        gone = 0;
        if (to != null) {
            heading = new ByteRing.Heading(tag, epoch, ++to.sent, size);
            messages++;
            bytes += size;
        }
    }

    /// Moves what there is room for of the message that goes.
    private boolean push() {
        Peer receiver = to;
        if (receiver == null) {
            return false;
        }
        long now = receiver.out().write(heading, gone, source);
        if (now < 0) {
            return false;
        }
        begun = true;
        gone = now;
        if (now == heading.total()) {
            to = null;
        }
        wiring.wake(receiver.original);
        return true;
    }

    /// Moves what has come from a peer: numbers that are waited for to where they belong, the rest is kept.
    ///
    /// @param one whether to stop when a message that is kept has the tag waited for
    /// @return whether there was anything
    private boolean drain(Peer giver, boolean one) {
        ByteRing ring = giver.in();
        boolean moved = false;
        while (ring.next()) {
            if (ring.epoch() > epoch) {
                return moved; // it has begun anew already
            }
            moved = true;
            boolean ends = ring.epoch() == epoch && accept(giver, ring);
            ring.release();
            wiring.wake(giver.original);
            if (ends && (one || from == null)) {
                return true;
            }
        }
        return moved;
    }

    /// @return whether a message that is waited for is complete
    private boolean accept(Peer giver, ByteRing ring) {
        if (ring.message() != giver.current) {
            giver.current = ring.message();
            giver.direct = giver == from && ring.tag() == tag && giver.first(tag) == null;
            if (giver.direct) {
                requireExpected(giver, ring.total());
            } else {
                keep(giver, ring);
            }
        }
        if (giver.direct) {
            ByteBuffer payload = ring.payload();
            long until = ring.offset() + payload.remaining();
            begun = true;
            sink.take(payload, ring.offset());
            if (until == expected) {
                from = null;
                return true;
            }
            return false;
        }
        Kept last = giver.kept.getLast();
        last.take(ring.payload());
        return last.tag == tag && last.isComplete();
    }

    private void keep(Peer giver, ByteRing ring) {
        boolean other = ring.tag() < 0 && tag < 0 && (ring.tag() & SEQUENCE) == (tag & SEQUENCE) && ring.tag() != tag;
        if (other) {
            begun = true;
            Operation theirs = Operation.of((ring.tag() & ~COLLECTIVE) >>> OPERATION_SHIFT);
            throw new IllegalStateException(this + ": rank " + indexOf(giver.original) + " is in its " + theirs.text()
                    + ", expected all ranks to call the same operations in the same order");
        }
        if (ring.total() > MOST_KEPT || kept + ring.total() > MOST_KEPT) {
            begun = true;
            throw new IllegalStateException(this + ": kept=" + kept + " bytes and " + ring.total() + " from rank "
                    + indexOf(giver.original) + ", expected at most " + MOST_KEPT
                    + " that were sent and not received");
        }
        kept += ring.total();
        giver.kept.add(new Kept(ring.tag(), (int) ring.total()));
    }

    // ---- waiting

    /// Waits until something may have changed.
    ///
    /// @param giver whose message is waited for; null for nobody's, or anybody's
    /// @param left whether it had left before it was looked whether there is one
    private void waitFor(@Nullable Peer giver, boolean left) {
        requireWhole();
        if (left) {
            giveUpOn(Objects.requireNonNull(giver).original);
        }
        Peer receiver = to;
        if (receiver != null && hasLeft(receiver)) {
            giveUpOn(receiver.original);
        }
        if (receiver != null && keepOthers()) {
            return;
        }
        waitsFor = giver;
        wiring.await(opens, this);
    }

    /// Keeps what has come from all, so that nobody waits for us who wait for him.
    private boolean keepOthers() {
        boolean moved = false;
        for (int rank = 0; rank < members.length && kept < MOST_KEPT / 2; rank++) {
            if (rank != me) {
                moved |= drain(peer(rank), true);
            }
        }
        return moved;
    }

    private boolean open() {
        if (board.failed(epoch)) {
            return true;
        }
        Peer receiver = to;
        Peer giver = waitsFor;
        if (receiver != null && (receiver.out().hasRoom(heading.total() - gone) || hasLeft(receiver))) {
            return true;
        }
        if (giver != null && (giver.in().ready() || hasLeft(giver))) {
            return true;
        }
        return receiver != null
                ? kept < MOST_KEPT / 2 && anybodyReady()
                : giver == null && (anybodyReady() || allOthersLeft());
    }

    private boolean hasLeft(Peer peer) {
        return board.state(peer.original) == Board.LEFT;
    }

    private boolean anybodyReady() {
        for (int rank = 0; rank < members.length; rank++) {
            if (rank != me && peer(rank).in().ready()) {
                return true;
            }
        }
        return false;
    }
}

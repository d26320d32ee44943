package dev.sluice.internal.shm;

import dev.sluice.internal.linux.SharedMapping;
import dev.sluice.internal.strand.Strand;
import dev.sluice.space.Topic.Options;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The messages of a topic between processes: a [BlockTable] that is used as a ring. The message of version `v`
/// is in slot `v` modulo the capacity, until the one behind it by the capacity takes the place.
///
///     word: the control word of the table         second: how many of the places have ever been taken
///     own:  | place: 256 × 16 | the table
///     place: 0 63 … 32 (0) | 31 … 28 state | 27 … 0 the subscriber's stamp       8 cursor: what it has received
///
///     FREE ──▶ JOINING ──▶ ACTIVE ──▶ FREE          the death of its owner leads to FREE, too
///
/// Only who wants to be waited for has a place; everybody else finds by the versions what was missed. A
/// publisher looks at the cursors after it has settled the table. A place that becomes `ACTIVE` after that look
/// begins at a version that is not below the settled one, since its subscriber settles once more behind it. So
/// what the look allowed, the least cursor or the settled version and the capacity above it, holds for ever.
///
/// The limits in the header are the [Options].
///
/// Threads: any. `publishing` lets one strand of this opening at a time, so that it needs one block at most.
final class TopicWords extends SharedWords {
    /// Not a place.
    static final int NONE = -1;

    private static final int PLACES = 256;
    private static final int PLACE_BYTES = 16;
    private static final int CURSOR = 8;
    private static final int FREE = 0;
    private static final int JOINING = 1;
    private static final int ACTIVE = 2;

    private static final int SPARE_BLOCKS = 16;
    private static final int TABLE = OWN + PLACES * PLACE_BYTES;
    private static final int LENGTH = 0;
    private static final int MESSAGE = 8;

    private static final SharedFile.Layout LAYOUT =
            (SharedFile.ZeroLayout) limits -> TABLE + shape(of(limits)).bytes();

    private final Options options;
    private final BlockTable table;
    private final ReentrantLock publishing = new ReentrantLock(); // of strands; held without a wait
    private long allowed; // the last version that may be published without a look; guarded by publishing

    /// What came of an attempt to publish.
    enum Published {
        DONE,
        FULL,
        FINISHED
    }

    private TopicWords(String name, SharedFile file) {
        super(name, file);
        this.options = of(file.header().limits());
        this.table = new BlockTable(file, at(WORD), at(TABLE), shape(options));
    }

    private static Options of(FileHeader.Limits limits) {
        return new Options((int) limits.p0(), (int) limits.p1());
    }

    private static BlockTable.Shape shape(Options options) {
        int capacity = options.capacity();
        return new BlockTable.Shape(capacity, capacity + SPARE_BLOCKS, MESSAGE + options.itemBytes(), 0);
    }

    static TopicWords open(SharedDirectory directory, String name, Options options) throws IOException {
        return open(
                new Place(directory, name),
                FileHeader.Kind.TOPIC,
                new FileHeader.Limits(options.capacity(), options.itemBytes(), 0, 0),
                LAYOUT,
                file -> new TopicWords(name, file));
    }

    Options options() {
        return options;
    }

    BlockTable table() {
        return table;
    }

    // ---- publishing

    /// Publishes a message if nobody has to be waited for.
    Published tryPublish(byte[] message) {
        publishing.lock();
        try {
            return mapped(() -> publishMapped(message));
        } finally {
            publishing.unlock();
        }
    }

    /// Gives nothing back on the way out of an exception: what is left then, goes with this opening.
    private Published publishMapped(byte[] message) {
        int block = BlockTable.NONE;
        while (true) {
            long settled = table.settle();
            long version = BlockTable.versionOf(settled) + 1;
            Published refusal = BlockTable.isEnded(settled) ? Published.FINISHED : refusal(version);
            if (refusal == Published.DONE && block == BlockTable.NONE) {
                block = table.claim();
                refusal = block == BlockTable.NONE ? Published.FULL : fill(block, message);
            }
            if (refusal != Published.DONE) {
                if (block != BlockTable.NONE) {
                    table.giveBack(block);
                }
                return refusal;
            }
            int slot = slotOf(version);
            long word = table.slot(slot);
            boolean used = BlockTable.stateOf(word) == BlockTable.USED;
            int former = used ? BlockTable.indexOf(word) : BlockTable.NONE;
            if (table.put(settled, block, new BlockTable.Place(slot, former), !used)) {
                ring();
                return Published.DONE;
            }
        }
    }

    private Published fill(int block, byte[] message) {
        long at = table.contentOf(block);
        mapping().putInt(at + LENGTH, message.length);
        mapping().write(message, 0, at + MESSAGE, message.length);
        Steps.at("topic.written");
        return Published.DONE;
    }

    private int slotOf(long version) {
        return (int) (version % options.capacity());
    }

    /// @param version above the one that was settled before
    private Published refusal(long version) {
        if (version > allowed) {
            allowed = allowedAfter(version - 1);
        }
        return version > allowed ? Published.FULL : Published.DONE;
    }

    private long allowedAfter(long settled) {
        long least = settled;
        long places = Math.min(PLACES, mapping().getLongVolatile(at(SECOND))); // pairs with the CAS in takePlace
        for (int place = 0; place < places; place++) {
            if (Slots.stateOf(placeWord(place)) == ACTIVE) {
                // Acquires; pairs with the putLongVolatile in move.
                least = Math.min(least, mapping().getLongAcquire(placeAt(place) + CURSOR));
            }
        }
        return least + options.capacity();
    }

    /// Publishes a message, and suspends while somebody has to be waited for.
    ///
    /// @return false if nothing more is published
    boolean publish(byte[] message) {
        Strand.current().checkpoint();
        Published result = tryPublish(message);
        while (result == Published.FULL) {
            awaitRoom(this::mayPublish);
            result = tryPublish(message);
        }
        return result == Published.DONE;
    }

    private boolean mayPublish() {
        long settled = table.settle();
        long version = BlockTable.versionOf(settled);
        return BlockTable.isEnded(settled) || version < allowedAfter(version) && table.mayClaim();
    }

    /// Nothing more is published.
    ///
    /// @return whether this call said so first
    boolean finish() {
        return mapped(() -> {
            while (true) {
                long settled = table.settle();
                if (BlockTable.isEnded(settled)) {
                    return false;
                }
                if (table.end(settled)) {
                    ring();
                    ringRoom();
                    return true;
                }
            }
        });
    }

    // ---- receiving

    /// How far the topic has come.
    ///
    /// @param last the version of the last message
    /// @param ended whether no more come
    record Reach(long last, boolean ended) {}

    Reach reach() {
        long settled = table.settle();
        boolean ended = BlockTable.isEnded(settled); // which has a version, too
        return new Reach(BlockTable.versionOf(settled) - (ended ? 1 : 0), ended);
    }

    /// The message of a version.
    ///
    /// @return null if it has been lost since the topic reached `reach`
    /// @throws IndexOutOfBoundsException if somebody wrote nonsense
    byte @Nullable [] message(long version, Reach reach) {
        int slot = slotOf(version);
        long word = table.slot(slot);
        if (BlockTable.versionOf(word) == version && BlockTable.stateOf(word) == BlockTable.USED) {
            long at = table.contentOf(BlockTable.indexOf(word));
            SharedMapping memory = mapping();
            byte[] message = new byte[Math.clamp(memory.getInt(at + LENGTH), 0, options.itemBytes())];
            memory.read(at + MESSAGE, message, 0, message.length);
            if (table.isStill(slot, word)) {
                return message;
            }
        }
        if (reach().equals(reach)) {
            throw new IndexOutOfBoundsException(
                    "message: version=" + BlockTable.versionOf(word) + ", expected " + version);
        }
        return null;
    }

    /// Takes a place for who wants to be waited for.
    ///
    /// @return the place, or [#NONE]; its cursor is where to begin
    int takePlace() {
        for (int place = 0; place < PLACES; place++) {
            long joining = Slots.word(0, JOINING, participants().stamp());
            if (placeWord(place) == 0 && replacePlace(place, 0, joining)) {
                Steps.at("topic.joining");
                long places = mapping().getLongVolatile(at(SECOND)); // pairs with the compare-and-set below
                while (places <= place && !mapping().compareAndSetLong(at(SECOND), places, place + 1)) {
                    places = mapping().getLongVolatile(at(SECOND)); // pairs with the compare-and-set above
                }
                move(place, reach().last);
                Steps.at("topic.moved");
                replacePlace(
                        place, joining, Slots.word(0, ACTIVE, participants().stamp()));
                Steps.at("topic.active");
                move(place, reach().last); // not below what a publisher has settled who has not seen us
                return place;
            }
        }
        return NONE;
    }

    /// What has been received at a place.
    void move(int place, long version) {
        // Releases the slot; pairs with the getLongAcquire in allowedAfter, and with ringRoom behind it.
        mapping().putLongVolatile(placeAt(place) + CURSOR, version);
        Steps.at("topic.received");
        ringRoom();
    }

    long cursorOf(int place) {
        return mapping().getLongAcquire(placeAt(place) + CURSOR); // pairs with the putLongVolatile in move
    }

    void leavePlace(int place) {
        long word = placeWord(place);
        if (Slots.ownerOf(word) == participants().stamp()) {
            replacePlace(place, word, FREE);
            Steps.at("topic.left");
            ringRoom();
        }
    }

    private long placeAt(int place) {
        return at(OWN + (long) place * PLACE_BYTES);
    }

    private long placeWord(int place) {
        return mapping().getLongVolatile(placeAt(place)); // pairs with the compare-and-set in replacePlace
    }

    private boolean replacePlace(int place, long seen, long now) {
        return mapping().compareAndSetLong(placeAt(place), seen, now); // pairs with the getLongVolatile in placeWord
    }

    // ---- the end

    @Override
    void releaseBuried() {
        table.releaseBuried();
        boolean any = false;
        for (int place = 0; place < PLACES; place++) {
            long word = placeWord(place);
            if (Slots.ownerOf(word) != 0 && participants().buried(Slots.ownerOf(word))) {
                any |= replacePlace(place, word, FREE);
            }
        }
        if (any) {
            ringRoom();
        }
    }

    /// Waits for who publishes right now: when our stamp is released, our block is another's.
    @Override
    void closing() {
        publishing.lock();
        try {
            assert isClosed() : "another message may be published";
        } finally {
            publishing.unlock();
        }
    }
}

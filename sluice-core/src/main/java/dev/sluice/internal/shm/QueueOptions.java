package dev.sluice.internal.shm;

/// What a new queue is like. One that exists keeps its own.
///
/// @param capacity items that are not done, at most; 1 to 2^20
/// @param itemBytes bytes of the largest item, 1 to [#MOST_ITEM_BYTES]
/// @param levels of urgency, 1 to 16
/// @param deliveries how often an item is delivered before it is put aside, 1 to 2^15; 0 for no limit
public record QueueOptions(int capacity, int itemBytes, int levels, int deliveries) {
    /// The most that an item may have: 16 MiB.
    public static final int MOST_ITEM_BYTES = 1 << 24;

    private static final int MOST_SPARE = 64;

    public QueueOptions {
        require("capacity", capacity, 1, 1 << 20);
        require("itemBytes", itemBytes, 1, MOST_ITEM_BYTES);
        require("levels", levels, 1, 16);
        require("deliveries", deliveries, 0, 1 << 15);
    }

    private static void require(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("queue: " + name + "=" + value + ", expected " + least + ".." + most);
        }
    }

    FileHeader.Limits limits() {
        return new FileHeader.Limits(capacity, itemBytes, levels, deliveries);
    }

    static QueueOptions of(FileHeader.Limits limits) {
        return new QueueOptions((int) limits.p0(), (int) limits.p1(), (int) limits.p2(), (int) limits.p3());
    }

    Slots.Shape shape() {
        int spare = levels == 1 ? Math.min(capacity, MOST_SPARE) : 0;
        return new Slots.Shape(capacity + spare, capacity, itemBytes);
    }
}

package dev.sluice.internal.poll;

/// A first-in, first-out queue of longs that grows; allocates only then.
///
/// Threads: one.
final class LongQueue {
    private long[] elements = new long[64]; // the length is a power of two
    private int head;
    private int size;

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    void add(long element) {
        if (size == elements.length) {
            grow();
        }
        elements[(head + size++) & (elements.length - 1)] = element;
    }

    long remove() {
        assert size > 0 : "remove from an empty queue";
        long element = elements[head];
        head = (head + 1) & (elements.length - 1);
        size--;
        return element;
    }

    private void grow() {
        var larger = new long[2 * elements.length];
        int untilEnd = elements.length - head;
        System.arraycopy(elements, head, larger, 0, untilEnd);
        System.arraycopy(elements, 0, larger, untilEnd, head);
        elements = larger;
        head = 0;
    }
}

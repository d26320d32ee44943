package dev.sluice.cli.map;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Cuts blocks of input into items.
///
/// Every delimiter ends an item, an empty one too; bytes behind the last delimiter are an item as well. Nothing
/// is stripped: a carriage return before a newline belongs to the item.
///
/// Threads: one at a time.
final class ItemSplitter {
    /// The kernel refuses a single argument of this size (32 pages; 128 KiB on most machines, more on those
    /// with larger pages). What is longer can never be passed on, so it is not kept.
    static final int LONGEST = 2 * 1024 * 1024;

    private static final int KEPT_OF_TOO_LONG = 256;
    private static final byte[] NOTHING = {};

    private final byte delimiter;
    private final int longest;

    private byte[] block = NOTHING;
    private int position;
    private int end;

    // The beginning of an item whose end is in a later block.
    private byte[] carry = NOTHING;
    private int carried;
    private boolean tooLong;
    private boolean begun;

    private long seq;

    ItemSplitter(byte delimiter) {
        this(delimiter, LONGEST);
    }

    /// @param longest items with more bytes come out cut, and marked so
    ItemSplitter(byte delimiter, int longest) {
        this.delimiter = delimiter;
        this.longest = longest;
    }

    /// Gives the next block, once [#next] has said that it needs one. The splitter owns the array from now on.
    void feed(byte[] next, int length) {
        assert position == end : "fed with " + (end - position) + " bytes left";
        block = next;
        position = 0;
        end = length;
    }

    /// The next item, or null when the next block is needed for it.
    @Nullable Item next() {
        int at = position;
        while (at < end && block[at] != delimiter) {
            at++;
        }
        if (at == end) {
            keep(position, at);
            position = end;
            return null;
        }
        Item item;
        if (begun) {
            keep(position, at);
            item = takeCarried();
        } else {
            item = made(Arrays.copyOfRange(block, position, at), at - position > longest);
        }
        position = at + 1;
        return item;
    }

    /// After the last block: the item without a delimiter, if there is one.
    @Nullable Item last() {
        return begun ? takeCarried() : null;
    }

    private void keep(int from, int to) {
        int length = to - from;
        begun |= length > 0;
        if (tooLong || carried + length > longest) {
            tooLong = true;
            carried = Math.min(carried, KEPT_OF_TOO_LONG);
            return;
        }
        if (carried + length > carry.length) {
            carry = Arrays.copyOf(carry, Math.max(carried + length, Math.min(2 * carry.length, longest)));
        }
        System.arraycopy(block, from, carry, carried, length);
        carried += length;
    }

    private Item takeCarried() {
        Item item = made(Arrays.copyOf(carry, carried), tooLong);
        carry = carry.length > KEPT_OF_TOO_LONG ? NOTHING : carry;
        carried = 0;
        begun = false;
        tooLong = false;
        return item;
    }

    private Item made(byte[] bytes, boolean isTooLong) {
        return new Item(++seq, isTooLong ? Arrays.copyOf(bytes, KEPT_OF_TOO_LONG) : bytes, isTooLong);
    }
}

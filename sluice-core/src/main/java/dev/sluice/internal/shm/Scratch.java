package dev.sluice.internal.shm;

import dev.sluice.codec.Codec;
import dev.sluice.codec.WireOutput;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Memory in which a value becomes bytes on the way into a shared file, and bytes become a value on the way out.
/// It is kept for the next one, so that a small value costs no allocation.
///
/// Codecs do not work in the file itself: they run for as long as they like, without the locks and slots that
/// others wait for; and what they read does not change under them, whatever another process does.
///
/// Threads: who has taken it from its [Spare].
final class Scratch {
    private static final int FIRST_BYTES = 128;
    private static final int MOST_BYTES = Integer.MAX_VALUE - 8;
    private static final int MOST_KEPT = 1 << 17;

    private final WireOutput out = WireOutput.growing(FIRST_BYTES, MOST_BYTES);

    /// Encodes a value.
    ///
    /// @return how many of [#bytes] it is
    <T> int encode(Codec<T> codec, T value) {
        clear();
        codec.encode(value, out);
        return out.position();
    }

    /// The memory. It is another one after [#encode] and [#room].
    byte[] bytes() {
        return out.buffer().array();
    }

    /// Makes room for bytes that are to be decoded.
    ///
    /// @return where they go, from the beginning on
    byte[] room(int length) {
        clear();
        out.ensure(length);
        out.position(length);
        return bytes();
    }

    /// Decodes what was written into the [#room].
    <T> T decode(Codec<T> codec) {
        return codec.decode(out.buffer().flip());
    }

    /// Makes it as if it were new: the last codec may have changed limit and order.
    private void clear() {
        out.buffer().clear().order(ByteOrder.BIG_ENDIAN);
    }

    /// Keeps one for whoever comes next. Who finds none, because somebody else has it, makes another.
    ///
    /// Threads: any.
    static final class Spare {
        private final AtomicReference<@Nullable Scratch> kept = new AtomicReference<>();

        Scratch take() {
            Scratch known = kept.getAndSet(null); // acquires; pairs with the release in give
            return known != null ? known : new Scratch();
        }

        void give(Scratch scratch) {
            if (scratch.out.buffer().capacity() <= MOST_KEPT) {
                kept.setRelease(scratch); // pairs with the getAndSet in take
            }
        }
    }
}

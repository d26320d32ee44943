package dev.sluice.internal.local;

import dev.sluice.codec.Codec;
import dev.sluice.space.SpaceException;
import dev.sluice.space.SpaceException.Problem;

/// Items as bytes of limited size.
final class Encoded {
    private Encoded() {}

    /// @throws SpaceException `TOO_LARGE`
    static <T> byte[] encode(String doing, Monitor of, Codec<T> codec, T item, int most) {
        byte[] bytes = codec.encode(item);
        requireSize(doing, of.subject(), bytes.length, most);
        return bytes;
    }

    /// @throws SpaceException `TOO_LARGE`
    static void requireSize(String doing, String of, int bytes, int most) {
        if (bytes > most) {
            throw new SpaceException(
                    Problem.TOO_LARGE, doing + " " + of + ": bytes=" + bytes + ", expected at most " + most);
        }
    }
}

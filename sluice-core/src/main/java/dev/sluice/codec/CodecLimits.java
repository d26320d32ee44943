package dev.sluice.codec;

/// What a codec refuses to go beyond, in both directions: what one side may encode, the other can decode, if
/// both have the same limits. Memory is never taken because a length was announced, only for what has come.
///
/// @param bytes of one encoded value, 1 to 2 147 483 639
/// @param depth of nesting: arrays, maps, records and tags around the innermost item, 1 to 512
/// @param items in one array or map, 0 to 2 147 483 639
/// @param text bytes in one text or byte string, 0 to 2 147 483 639
public record CodecLimits(int bytes, int depth, int items, int text) {
    private static final int MOST = Integer.MAX_VALUE - 8;
    private static final CodecLimits DEFAULTS = new CodecLimits(1 << 20, 64, 1 << 16, 1 << 20);

    public CodecLimits {
        require("bytes", bytes, 1, MOST);
        require("depth", depth, 1, 512); // so that neither side runs out of stack
        require("items", items, 0, MOST);
        require("text", text, 0, MOST);
    }

    private static void require(String what, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "codec limits: " + what + "=" + value + ", expected " + least + ".." + most);
        }
    }

    /// 1 MiB, 64 deep, 65 536 items, 1 MiB of text.
    public static CodecLimits defaults() {
        return DEFAULTS;
    }

    public CodecLimits withBytes(int bytes) {
        return new CodecLimits(bytes, depth, items, text);
    }

    public CodecLimits withDepth(int depth) {
        return new CodecLimits(bytes, depth, items, text);
    }

    public CodecLimits withItems(int items) {
        return new CodecLimits(bytes, depth, items, text);
    }

    public CodecLimits withText(int text) {
        return new CodecLimits(bytes, depth, items, text);
    }
}

package dev.sluice.layer;

import dev.sluice.net.Connection;

/// Compression in the zlib format (RFC 1950, RFC 1951), which peers find in every language's library.
///
/// What a task writes between two suspensions is compressed together and flushed (`Z_SYNC_FLUSH`), so the peer
/// can read all of it at once; a flush costs about 5 bytes. An end of the output ends the compressed stream; if
/// the peer's bytes end without that, the read is a [LayerException], as something may be missing.
///
/// A connection costs about 350 KiB outside of the heap until it is closed.
///
/// @param level from 0 (none) over 1 (fast) to 9 (small); 6 is usual
/// @param expansion how many bytes one byte of the peer may become, on average over a connection, after the
///     first MiB; from 1 to 1032, which is all that the format can do
public record Deflate(int level, int expansion) implements Layer {
    private static final int MOST_EXPANSION = 1032;
    private static final int DEFAULT_LEVEL = 6;
    private static final int DEFAULT_EXPANSION = 256;

    public Deflate {
        if (level < 0 || level > 9) {
            throw new IllegalArgumentException("deflate: level=" + level + ", expected 0..9");
        }
        if (expansion < 1 || expansion > MOST_EXPANSION) {
            throw new IllegalArgumentException("deflate: expansion=" + expansion + ", expected 1.." + MOST_EXPANSION);
        }
    }

    /// Level 6, an expansion of 256.
    public static Deflate defaults() {
        return new Deflate(DEFAULT_LEVEL, DEFAULT_EXPANSION);
    }

    public Deflate withLevel(int level) {
        return new Deflate(level, expansion);
    }

    public Deflate withExpansion(int expansion) {
        return new Deflate(level, expansion);
    }

    @Override
    public String name() {
        return "deflate";
    }

    @Override
    public int osi() {
        return 6;
    }

    @Override
    public Connection over(Connection lower) {
        return new DeflateConnection(lower, this);
    }
}

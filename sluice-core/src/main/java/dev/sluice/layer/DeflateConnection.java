package dev.sluice.layer;

import static dev.sluice.layer.LayerException.Problem.INCOMPLETE;
import static dev.sluice.layer.LayerException.Problem.MALFORMED;

import dev.sluice.net.Connection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/// A connection whose bytes travel compressed.
///
/// Threads: `inflater` and what belongs to it by the reader, `deflater` by the pump; see [PumpedConnection].
final class DeflateConnection extends PumpedConnection {
    private static final int COMPRESSED_BYTES = 1 << 13;

    /// Expansion does not count before.
    private static final long UNCHECKED_BYTES = 1 << 20;

    private final int expansion;
    private final Inflater inflater = new Inflater();
    private final byte[] arrived = new byte[COMPRESSED_BYTES];
    private final ByteBuffer arrivedView = ByteBuffer.wrap(arrived);
    private final Deflater deflater;
    private final ByteBuffer compressed = ByteBuffer.allocate(COMPRESSED_BYTES);

    DeflateConnection(Connection lower, Deflate options) {
        super(lower);
        this.expansion = options.expansion();
        this.deflater = new Deflater(options.level());
    }

    // ---- reading

    @Override
    int take(ByteBuffer into) throws IOException {
        while (true) {
            int count = inflate(into);
            if (count > 0) {
                return count;
            }
            if (inflater.finished()) {
                requireNothingBehind();
                return -1;
            }
            if (inflater.needsDictionary()) {
                throw malformed("a preset dictionary");
            }
            int got = lower.read(arrivedView.clear());
            if (got < 0) {
                if (inflater.getBytesRead() == 0) {
                    return -1; // the peer never wrote
                }
                throw LayerException.of(
                        INCOMPLETE,
                        "read",
                        this,
                        "the end came after " + inflater.getBytesRead()
                                + " bytes, expected the end of the compressed stream before");
            }
            inflater.setInput(arrived, 0, got);
        }
    }

    private int inflate(ByteBuffer into) throws IOException {
        int count;
        try {
            count = inflater.inflate(into);
        } catch (DataFormatException broken) {
            throw malformed(String.valueOf(broken.getMessage()));
        }
        long all = inflater.getBytesWritten();
        if (all > UNCHECKED_BYTES && all / expansion > inflater.getBytesRead()) {
            throw LayerException.tooLarge(
                    "read", this, "expansion", all / Math.max(1, inflater.getBytesRead()), expansion);
        }
        return count;
    }

    private void requireNothingBehind() throws IOException {
        if (inflater.getRemaining() > 0 || lower.read(arrivedView.clear()) >= 0) {
            inflater.setInput(arrived, 0, 1); // so that it is found again
            throw malformed("bytes behind the end of the compressed stream");
        }
    }

    private LayerException malformed(String found) {
        return LayerException.of(MALFORMED, "read", this, "found " + found + ", expected a zlib stream (RFC 1950)");
    }

    @Override
    void releaseInput() {
        inflater.end();
    }

    // ---- writing

    @Override
    void pass(ByteBuffer some) throws IOException {
        deflater.setInput(some);
        int count;
        do {
            compressed.clear();
            count = deflater.deflate(compressed, Deflater.SYNC_FLUSH);
            lower.write(compressed.flip());
        } while (count == COMPRESSED_BYTES);
    }

    @Override
    void passEnd() throws IOException {
        deflater.finish();
        while (!deflater.finished()) {
            compressed.clear();
            deflater.deflate(compressed);
            lower.write(compressed.flip());
        }
        super.passEnd();
    }

    @Override
    void releaseOutput() {
        deflater.end();
    }
}

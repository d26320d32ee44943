package dev.sluice.layer;

import dev.sluice.net.Connection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/// A connection that tells in lines of text what passes.
///
///     memory a->b read 5 bytes: 68 65 6c 6c 6f |hello|
///
/// Threads: as [Connection].
final class LoggedConnection extends LayerConnection {
    private static final int SHOWN_BYTES = 32;

    private final Consumer<? super String> log;

    LoggedConnection(Connection lower, Consumer<? super String> log) {
        super(lower);
        this.log = log;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        int start = into.position();
        int count;
        try {
            count = lower.read(into);
        } catch (IOException | RuntimeException failure) {
            log.accept(lower + " read failed: " + failure);
            throw failure;
        }
        log.accept(count < 0 ? lower + " read the end" : lower + " read " + describe(into, start));
        return count;
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        int start = from.position();
        try {
            lower.write(from);
        } catch (IOException | RuntimeException failure) {
            log.accept(lower + " write failed behind " + describe(from, start) + ": " + failure);
            throw failure;
        }
        log.accept(lower + " wrote " + describe(from, start));
    }

    /// The bytes before a buffer's position.
    private static String describe(ByteBuffer bytes, int start) {
        int count = bytes.position() - start;
        var text = new StringBuilder().append(count).append(" bytes:");
        var printed = new StringBuilder();
        for (int i = 0; i < Math.min(count, SHOWN_BYTES); i++) {
            byte one = bytes.get(start + i);
            text.append(String.format(" %02x", one));
            printed.append(one >= ' ' && one < 0x7f ? (char) one : '.');
        }
        String more = count > SHOWN_BYTES ? " …" : "";
        return text.append(more)
                .append(" |")
                .append(printed)
                .append('|')
                .append(more)
                .toString();
    }

    @Override
    public void closeOutput() throws IOException {
        log.accept(lower + " ends the output");
        lower.closeOutput();
    }

    @Override
    public void close() throws IOException {
        log.accept(lower + " closes");
        lower.close();
    }

    @Override
    public void abort() {
        log.accept(lower + " aborts");
        lower.abort();
    }
}

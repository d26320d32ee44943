package dev.sluice.io;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;

/// This process's standard input, output and error, whatever they are: files, pipes, terminals, sockets,
/// `/dev/null`.
///
/// They have no buffers, and know nothing of those of [System#in] and [System#out]: use one or the other. Their
/// flags, which other processes share, are left alone. Closing one ends its use here; descriptors 0 to 2 stay
/// open, as the JVM uses them.
///
/// Threads: any.
public final class StandardStreams {
    private static final ByteSource IN = BlockingStreams.source(new FileInputStream(FileDescriptor.in), "stdin");
    private static final ByteSink OUT = BlockingStreams.sink(new FileOutputStream(FileDescriptor.out), "stdout");
    private static final ByteSink ERR = BlockingStreams.sink(new FileOutputStream(FileDescriptor.err), "stderr");

    private StandardStreams() {}

    /// Standard input. Several loops may read it; each byte reaches one of them.
    public static ByteSource in() {
        return IN;
    }

    /// Standard output.
    public static ByteSink out() {
        return OUT;
    }

    /// Standard error.
    public static ByteSink err() {
        return ERR;
    }
}

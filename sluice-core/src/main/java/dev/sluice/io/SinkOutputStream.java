package dev.sluice.io;

import java.io.IOException;
import java.io.OutputStream;

/// A sink in the clothes of the JDK.
final class SinkOutputStream extends OutputStream {
    private final ByteSink sink;

    SinkOutputStream(ByteSink sink) {
        this.sink = sink;
    }

    @Override
    public void write(int one) throws IOException {
        sink.write(new byte[] {(byte) one});
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        sink.write(from, offset, length);
    }

    @Override
    public void close() throws IOException {
        sink.close();
    }

    @Override
    public String toString() {
        return sink.toString();
    }
}

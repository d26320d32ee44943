package dev.sluice.bench.ipc;

import dev.sluice.bench.ChildProcess;
import dev.sluice.bench.Load;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// An operation is a message to another JVM, or one there and back.
final class Messages implements Load {
    private final byte[] message;
    private final boolean echo;
    private final Process partner;
    private final Wire wire;

    Messages(String kind, int bytes, boolean echo) {
        this.message = new byte[bytes];
        this.echo = echo;
        String place = "sluice-bench-" + kind + "-" + ProcessHandle.current().pid();
        try {
            this.wire = Wire.open(kind, place, true);
            List<String> command = new ArrayList<>(ChildProcess.jvm());
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), Partner.class.getName(), kind, place));
            this.partner = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new IllegalStateException("messages by " + kind + ": " + e, e);
        }
    }

    @Override
    public long run(long operations) throws IOException {
        wire.send(ByteBuffer.allocate(Long.BYTES + Integer.BYTES)
                .putLong(operations)
                .putInt(echo ? 1 : 0)
                .array());
        long sum = 0;
        for (long i = 0; i < operations; i++) {
            wire.send(message);
            if (echo) {
                sum += wire.receive().length;
            }
        }
        if (!echo) {
            wire.receive();
            sum = operations * message.length;
        }
        return sum;
    }

    @Override
    public void close() {
        partner.destroyForcibly();
        try {
            wire.close();
        } catch (IOException e) {
            throw new IllegalStateException("messages: close: " + e, e);
        }
    }
}

package dev.sluice.bench.ipc;

import dev.sluice.bench.Load;
import dev.sluice.bench.Metric;
import dev.sluice.bench.Sample;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// An operation is a message to another process, or one there and back. Each that comes back is timed, too.
final class Messages implements Load {
    private final byte[] message;
    private final boolean echo;
    private final Wire wire;
    private final PartnerProcess partner;
    private long[] nanos = {}; // of each that came back; empty: not asked for

    private Messages(int bytes, boolean echo, Wire wire, PartnerProcess partner) {
        this.message = new byte[bytes];
        this.echo = echo;
        this.wire = wire;
        this.partner = partner;
    }

    /// With another JVM.
    static Messages java(String kind, int bytes, boolean echo) {
        String place = place(kind);
        return begun(new Messages(bytes, echo, open(kind, place), PartnerProcess.java(kind, place)));
    }

    /// With a process of Python's.
    static Messages python(String kind, int bytes, boolean echo) {
        String place = place(kind);
        return begun(new Messages(bytes, echo, open(kind, place), PartnerProcess.python(kind, place)));
    }

    /// Waits until the partner is there: its start is no part of an operation.
    private static Messages begun(Messages messages) {
        try {
            messages.run(1);
        } catch (IOException e) {
            throw new UncheckedIOException("messages: the first", e);
        }
        return messages;
    }

    private static String place(String kind) {
        return "sluice-bench-" + kind + "-" + ProcessHandle.current().pid();
    }

    private static Wire open(String kind, String place) {
        try {
            return Wire.open(kind, place, true);
        } catch (IOException e) {
            throw new UncheckedIOException("messages by " + kind, e);
        }
    }

    @Override
    public Sample sample(long operations) throws Exception {
        if (!echo) {
            return Load.super.sample(operations);
        }
        nanos = new long[Math.toIntExact(operations)];
        try {
            Sample whole = Load.super.sample(operations);
            Arrays.sort(nanos);
            return whole.with(Metric.LATENCY, nanos[nanos.length / 2])
                    .with(Metric.LATENCY_99, nanos[(int) (nanos.length * 0.99)]);
        } finally {
            nanos = new long[0];
        }
    }

    @Override
    public long run(long operations) throws IOException {
        wire.send(ByteBuffer.allocate(Long.BYTES + Integer.BYTES)
                .putLong(operations)
                .putInt(echo ? 1 : 0)
                .array());
        long sum = 0;
        long sent = System.nanoTime();
        for (int i = 0; i < operations; i++) {
            wire.send(message);
            if (echo) {
                sum += wire.receive().length;
            }
            if (i < nanos.length) {
                long received = System.nanoTime();
                nanos[i] = received - sent;
                sent = received;
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
        partner.close();
        try {
            wire.close();
        } catch (IOException e) {
            throw new UncheckedIOException("messages: close", e);
        }
    }
}

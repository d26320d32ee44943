package dev.sluice.bench.ipc;

import dev.sluice.bench.Load;
import dev.sluice.codec.Cbor;
import dev.sluice.codec.Codec;
import dev.sluice.space.Lease;
import dev.sluice.space.Queue;
import dev.sluice.space.Space;
import dev.sluice.space.sync.SharedCounter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// An operation is an item of a queue between processes, from some who put to some who take and acknowledge. One who
/// puts or takes alone is this process; several are a [Partner] each.
///
/// Those who put get orders, how many each: items of a queue, too, that are done when what they ask for has been put.
final class Fan implements Load {
    private static final int BYTES = 64;

    private final String place = "sluice-bench-fan-" + ProcessHandle.current().pid();
    private final Ends ends = new Ends(place);
    private final int putters;
    private final boolean takes;
    private final List<PartnerProcess> partners = new ArrayList<>();

    Fan(int putters, int takers) {
        this.putters = putters;
        this.takes = takers == 1;
        for (int i = 0; putters > 1 && i < putters; i++) {
            partners.add(PartnerProcess.java("puts", place));
        }
        for (int i = 0; takers > 1 && i < takers; i++) {
            partners.add(PartnerProcess.java("takes", place));
        }
        ends.ready.awaitAtLeast(partners.size()); // their start is no part of an operation
    }

    /// Both queues, and how many partners there are, as any process opens them.
    private record Ends(Space space, Queue<byte[]> items, Queue<Long> orders, SharedCounter ready) {
        Ends(String place) {
            this(Space.open("shm:" + place));
        }

        private Ends(Space space) {
            this(
                    space,
                    space.queue("items", Codec.raw(), Queue.Options.defaults()),
                    space.queue("orders", Cbor.of(Long.class), Queue.Options.defaults()),
                    space.counter("ready"));
        }

        void put(long count) {
            byte[] item = new byte[BYTES];
            for (long i = 0; i < count; i++) {
                items.put(item);
            }
        }

        void take(long count) {
            for (long i = 0; i < count; i++) {
                items.take().done();
            }
        }
    }

    /// What one of several does who put.
    static void puts(String place) {
        Ends ends = new Ends(place);
        ends.ready.add(1);
        while (true) {
            Lease<Long> order = ends.orders.take();
            ends.put(order.item());
            order.done();
        }
    }

    /// What one of several does who take.
    static void takes(String place) {
        Ends ends = new Ends(place);
        ends.ready.add(1);
        ends.take(Long.MAX_VALUE);
    }

    @Override
    public long run(long operations) {
        long before = ends.items.statistics().totals().done();
        if (putters == 1) {
            ends.put(operations);
        } else {
            for (int i = 0; i < putters; i++) {
                ends.orders.put(operations / putters);
            }
        }
        if (takes) {
            ends.take(operations);
        }
        ends.orders.join();
        ends.items.join();
        return ends.items.statistics().totals().done() - before;
    }

    @Override
    public void close() {
        partners.forEach(PartnerProcess::close);
        List.of("items", "orders", "ready").forEach(ends.space::remove);
        ends.space.close();
        try {
            Files.deleteIfExists(Path.of("/dev/shm", place + ".d"));
        } catch (IOException e) {
            throw new UncheckedIOException("fan: close", e);
        }
    }
}

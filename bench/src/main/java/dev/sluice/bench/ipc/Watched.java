package dev.sluice.bench.ipc;

import dev.sluice.bench.Load;
import dev.sluice.codec.Cbor;
import dev.sluice.codec.Codec;
import dev.sluice.space.Namespace;
import dev.sluice.space.Space;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// An operation is a put that another process watches, and its put that this one watches: the value there and back.
final class Watched implements Load {
    private static final Codec<Long> NUMBERS = Cbor.of(Long.class);
    private static final String ASKED = "asked";
    private static final String ANSWERED = "answered";

    private final String place =
            "sluice-bench-watched-" + ProcessHandle.current().pid();
    private final Space space = Space.open("shm:" + place);
    private final Namespace namespace = space.namespace("keys");
    private final Namespace.Watch answers = namespace.watch(ANSWERED);
    private final PartnerProcess partner = PartnerProcess.java("watches", place);
    private long last; // of all operations; the namespace outlives a run

    Watched() {
        run(1); // the start of the partner is no part of an operation
    }

    /// What the partner does.
    static void watches(String place) {
        Namespace keys = Space.open("shm:" + place).namespace("keys");
        try (Namespace.Watch asked = keys.watch(ASKED)) {
            while (true) {
                put(keys, ANSWERED, number(asked.next()));
            }
        }
    }

    @Override
    public long run(long operations) {
        long begin = last;
        for (long i = 0; i < operations; i++) {
            last++;
            put(namespace, ASKED, last);
            long answer = number(answers.next());
            if (answer != last) {
                throw new IllegalStateException("watch: answer=" + answer + ", expected " + last);
            }
        }
        return last - begin;
    }

    private static void put(Namespace keys, String name, long number) {
        keys.put(name, NUMBERS.encode(number), Namespace.Lifetime.permanent());
    }

    private static long number(Namespace.Change change) {
        return NUMBERS.decode(((Namespace.Change.Put) change).entry().bytes());
    }

    @Override
    public void close() {
        partner.close();
        answers.close();
        space.remove("keys");
        space.close();
        try {
            Files.deleteIfExists(Path.of("/dev/shm", place + ".d"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

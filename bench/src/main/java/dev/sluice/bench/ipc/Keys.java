package dev.sluice.bench.ipc;

import dev.sluice.bench.Load;
import dev.sluice.space.Namespace;
import dev.sluice.space.Space;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/// An operation is a get of a key of a namespace between processes, or a put; its keys take turns. What was read
/// is looked at, also after puts: the last of them.
final class Keys implements Load {
    /// How many there are.
    static final int KEYS = 64;

    static final int BYTES = 64;

    private final boolean put;
    private final String place = "sluice-bench-keys-" + ProcessHandle.current().pid();
    private final Space space = Space.open("shm:" + place);
    private final Namespace namespace = space.namespace("keys");
    private final String[] names = new String[KEYS];
    private final byte[] value = new byte[BYTES];

    Keys(boolean put) {
        this.put = put;
        for (int i = 0; i < KEYS; i++) {
            names[i] = "key" + i;
            namespace.put(names[i], new byte[BYTES], Namespace.Lifetime.permanent());
        }
    }

    @Override
    public long run(long operations) {
        long sum = 0;
        for (long i = 0; i < operations; i++) {
            String name = names[(int) (i % KEYS)];
            if (put) {
                Arrays.fill(value, (byte) (i % 100));
                namespace.put(name, value, Namespace.Lifetime.permanent());
            } else {
                sum += read(name).length;
            }
        }
        return put ? read(names[(int) ((operations - 1) % KEYS)])[0] : sum;
    }

    private byte[] read(String name) {
        Optional<Namespace.Entry> entry = namespace.get(name);
        return entry.orElseThrow(() -> new IllegalStateException("get " + name + ": nothing there"))
                .bytes();
    }

    @Override
    public void close() {
        space.remove("keys");
        space.close();
        try {
            Files.deleteIfExists(Path.of("/dev/shm", place + ".d"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

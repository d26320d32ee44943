package dev.sluice.bench.ipc;

import dev.sluice.bench.Load;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import net.openhft.chronicle.map.ChronicleMap;
import org.jspecify.annotations.Nullable;

/// The same as [Keys] by a map of Chronicle's in `/dev/shm`, which other processes could open.
final class ChronicleKeys implements Load {
    private final boolean put;
    private final Path file =
            Path.of("/dev/shm", "sluice-bench-keys-" + ProcessHandle.current().pid());
    private final ChronicleMap<String, byte[]> map;
    private final String[] names = new String[Keys.KEYS];
    private final byte[] value = new byte[Keys.BYTES];

    ChronicleKeys(boolean put) {
        this.put = put;
        try {
            this.map = ChronicleMap.of(String.class, byte[].class)
                    .name("keys")
                    .entries(2L * Keys.KEYS)
                    .averageKeySize("key00".length())
                    .averageValueSize(Keys.BYTES)
                    .createPersistedTo(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException("keys: " + file, e);
        }
        for (int i = 0; i < Keys.KEYS; i++) {
            names[i] = "key" + i;
            map.put(names[i], new byte[Keys.BYTES]);
        }
    }

    @Override
    public long run(long operations) {
        long sum = 0;
        for (long i = 0; i < operations; i++) {
            String name = names[(int) (i % Keys.KEYS)];
            if (put) {
                Arrays.fill(value, (byte) (i % 100));
                map.put(name, value);
            } else {
                sum += read(name).length;
            }
        }
        return put ? read(names[(int) ((operations - 1) % Keys.KEYS)])[0] : sum;
    }

    private byte[] read(String name) {
        byte @Nullable [] found = map.get(name);
        if (found == null) {
            throw new IllegalStateException("get " + name + ": nothing there");
        }
        return found;
    }

    @Override
    public void close() {
        map.close();
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

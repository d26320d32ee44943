package dev.sluice.net;

import dev.sluice.time.Clock;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/// What names have been found to mean, for ten seconds: the next connection needs neither a thread nor the
/// resolver. Failures are not kept. At most 512 names; when there are more, all are forgotten.
///
/// Threads: any.
final class HostCache {
    static final long LIFE_NANOS = 10_000_000_000L;
    static final int MOST = 512;

    private final Clock clock;
    private final ConcurrentMap<String, Entry> entries = new ConcurrentHashMap<>();

    private record Entry(List<InetAddress> addresses, long since) {}

    HostCache(Clock clock) {
        this.clock = clock;
    }

    @Nullable List<InetAddress> get(String host) {
        Entry entry = entries.get(host);
        if (entry == null) {
            return null;
        }
        if (clock.nanoTime() - entry.since < LIFE_NANOS) {
            return entry.addresses;
        }
        entries.remove(host, entry);
        return null;
    }

    int size() {
        return entries.size();
    }

    void put(String host, List<InetAddress> addresses) {
        if (entries.size() >= MOST) {
            entries.clear();
        }
        entries.put(host, new Entry(addresses, clock.nanoTime()));
    }
}

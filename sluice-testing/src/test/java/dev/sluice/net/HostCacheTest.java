package dev.sluice.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.time.Clock;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostCacheTest {
    private static final List<InetAddress> SOME = List.of(InetAddress.ofLiteral("192.0.2.1"));

    private static final class HandClock implements Clock {
        long nanos = Long.MAX_VALUE - 5; // it may overflow

        @Override
        public long nanoTime() {
            return nanos;
        }

        @Override
        public Instant now() {
            return Instant.EPOCH;
        }
    }

    @Test
    void aNameIsKnownForItsLife() {
        var clock = new HandClock();
        var cache = new HostCache(clock);
        assertThat(cache.get("host")).isNull();
        cache.put("host", SOME);
        clock.nanos += HostCache.LIFE_NANOS - 1;
        assertThat(cache.get("host")).isEqualTo(SOME);
        clock.nanos++;
        assertThat(cache.get("host")).isNull();
    }

    @Test
    void itIsBounded() {
        var cache = new HostCache(new HandClock());
        for (int i = 0; i < 10 * HostCache.MOST; i++) {
            cache.put("host" + i, SOME);
        }
        assertThat(cache.size()).isLessThanOrEqualTo(HostCache.MOST);
        assertThat(cache.get("host" + (10 * HostCache.MOST - 1))).isEqualTo(SOME);
    }
}

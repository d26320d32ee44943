package dev.sluice.channel;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.sluice.Sluice;
import dev.sluice.internal.access.Engines;
import dev.sluice.loop.Loop;
import dev.sluice.loop.Loops;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.task.TaskGroup;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Handing values over allocates nothing, also when each of them suspends both ends.
///
/// The JVM counts what a coroutine allocates for the thread that carries it, which is the loop's. Of several
/// rounds the least counts: a compiler that has just finished, or a collector, may have stacks copied anew in
/// some, but what every value costs is in all.
@Tag("needs-opens")
class ChannelAllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int ROUNDS = 10;
    private static final int VALUES = 20_000;

    /// The smallest object has 16 bytes: one for every eighth value would be found.
    private static final double NONE = 2;

    /// What the action of a clause is given: a [Received.Value]. A compiler may find that it can do without.
    private static final double RECEIVED = 16;

    static Stream<Channel<Integer>> channels() {
        return Stream.of(Channel.rendezvous(), Channel.buffered(1), Channel.buffered(64), SplitChannel.buffered(64));
    }

    @ParameterizedTest
    @MethodSource("channels")
    void sendAndReceiveAllocateNothing(Channel<Integer> channel) {
        assertThat(leastBytes(channel, channel::receive))
                .as("bytes for each value through %s", channel)
                .isLessThan(NONE);
    }

    @Test
    void theTimeoutOfASelectAllocatesNothing() {
        Channel<Integer> channel = Channel.rendezvous();
        var select = Select.of(channel.onReceive(value -> {}), Clause.after(Duration.ofHours(1), () -> {}));
        assertThat(leastBytes(channel, select::await)).isLessThan(RECEIVED + NONE);
    }

    private static double leastBytes(Channel<Integer> channel, Runnable receive) {
        double least = Double.MAX_VALUE;
        try (Loops loops = Loops.open(LoopsConfig.defaults().withCount(1))) {
            for (int round = 0; round < ROUNDS; round++) {
                long bytes = Sluice.callOn(loops.loop(0), "round", () -> bytesOf(channel, receive, loops.loop(0)));
                least = Math.min(least, (double) bytes / VALUES);
            }
        }
        return least;
    }

    /// What the loop's thread allocates while values go through.
    private static long bytesOf(Channel<Integer> channel, Runnable receive, Loop loop) {
        long carrier = Engines.of(loop).thread().threadId();
        Integer value = 1;
        long before = THREADS.getThreadAllocatedBytes(carrier);
        try (var group = TaskGroup.open()) {
            group.start("sender", () -> {
                for (int i = 0; i < VALUES; i++) {
                    channel.send(value);
                }
            });
            for (int i = 0; i < VALUES; i++) {
                receive.run();
            }
            group.join();
        }
        return THREADS.getThreadAllocatedBytes(carrier) - before;
    }
}

package dev.sluice.internal.shm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.space.SpaceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(30)
class SharedQueueTest {
    @RegisterExtension
    final Shared shared = new Shared();

    private SharedQueue open(int capacity) throws IOException {
        return SharedQueue.open(shared.directory(), "q", new QueueOptions(capacity, 48, 1, 3));
    }

    private static void put(SharedQueue queue, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        queue.put(bytes, bytes.length, 0);
    }

    private static boolean offer(SharedQueue queue, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return queue.tryPut(bytes, bytes.length, 0) == SharedQueue.Put.DONE;
    }

    private static String text(SharedQueue queue, long slot) {
        assertThat(slot).isNotEqualTo(SharedQueue.NONE);
        return new String(queue.slots().item(slot), StandardCharsets.UTF_8);
    }

    private static String next(SharedQueue queue) {
        long slot = queue.take();
        String text = text(queue, slot);
        queue.tryDone(slot);
        return text;
    }

    @Test
    void itemsComeInTheirOrder() throws IOException {
        try (SharedQueue one = open(4);
                SharedQueue other = open(4)) {
            for (int round = 0; round < 100; round++) {
                for (int i = 0; i < 4; i++) {
                    put(one, round + "." + i);
                }
                assertThat(offer(one, "too much")).isFalse();
                for (int i = 0; i < 4; i++) {
                    assertThat(next(other)).isEqualTo(round + "." + i);
                }
                assertThat(other.tryTake()).isEqualTo(SharedQueue.NONE);
            }
        }
    }

    @Test
    void aLeaseDoesNotHoldUpTheOthers() throws IOException {
        try (SharedQueue queue = open(4)) {
            put(queue, "slow");
            long slow = queue.take();
            for (int i = 0; i < 1000; i++) {
                put(queue, "quick " + i);
                assertThat(next(queue)).isEqualTo("quick " + i);
            }
            assertThat(text(queue, slow)).isEqualTo("slow");
            for (int i = 0; i < 3; i++) {
                assertThat(offer(queue, "fills")).isTrue();
            }
            assertThat(offer(queue, "leased items count")).isFalse();
            queue.tryDone(slow);
            assertThat(offer(queue, "one more")).isTrue();
            assertThat(offer(queue, "too much")).isFalse();
        }
    }

    @Test
    void aFullOneOfLeasesHasNoRoomAndNoLoop() throws IOException {
        try (SharedQueue queue = open(4)) {
            List<Long> slots = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                put(queue, "a" + i);
                slots.add(queue.take());
            }
            assertThat(offer(queue, "b")).isFalse();
            assertThat(queue.tryTake()).isEqualTo(SharedQueue.NONE);
            queue.tryDone(slots.get(2));
            assertThat(offer(queue, "b")).isTrue();
            assertThat(next(queue)).isEqualTo("b");
        }
    }

    @Test
    void whatIsGivenBackComesFirstAndIsCounted() throws IOException {
        try (SharedQueue queue = open(4);
                SharedQueue other = open(4)) {
            put(queue, "a");
            put(queue, "b");
            long a = queue.take();
            assertThat(queue.deliveries(a)).isEqualTo(1);
            queue.tryGiveBack(a, 0);
            long again = other.take();
            assertThat(text(other, again)).isEqualTo("a");
            assertThat(other.deliveries(again)).isEqualTo(2);
            other.tryDone(again);
            assertThat(next(other)).isEqualTo("b");
        }
    }

    @Test
    void whatIsGivenBackForLaterComesLater() throws IOException {
        try (SharedQueue queue = open(4)) {
            put(queue, "a");
            queue.tryGiveBack(queue.take(), TimeUnit.MILLISECONDS.toNanos(300));
            assertThat(queue.tryTake()).isEqualTo(SharedQueue.NONE);
            put(queue, "b");
            assertThat(next(queue)).isEqualTo("b");
            assertThat(next(queue)).isEqualTo("a"); // waits
        }
    }

    @Test
    void whatIsDeliveredTooOftenIsBuried() throws IOException {
        try (SharedQueue queue = open(4)) {
            List<String> graves = new ArrayList<>();
            queue.graveyard((item, level) -> graves.add(new String(item, StandardCharsets.UTF_8)));
            put(queue, "bad");
            for (int i = 0; i < 3; i++) {
                queue.tryGiveBack(queue.take(), 0);
            }
            assertThat(graves).containsExactly("bad");
            assertThat(queue.tryTake()).isEqualTo(SharedQueue.NONE);
            assertThat(queue.read().items()).isEqualTo(new Slots.Census(0, 0, 0, 0, 0));
            queue.join();
        }
    }

    @Test
    void whatKillsItsTakersIsBuriedByOneWhoLives() throws IOException {
        try (SharedQueue queue = open(4)) {
            List<String> graves = new ArrayList<>();
            queue.graveyard((item, level) -> graves.size() < 1 && graves.add(new String(item, StandardCharsets.UTF_8)));
            put(queue, "bad");
            for (int i = 0; i < 3; i++) {
                SharedQueue killed = open(4);
                killed.take();
                killed.abandon();
            }
            queue.join();
            assertThat(graves).containsExactly("bad");
            assertThat(queue.totals().dead()).isEqualTo(1);
            assertThat(queue.totals().returned()).isEqualTo(3);
        }
    }

    @Test
    void whatWasPutAsideBeforeThereIsAGraveyardIsBuriedThen() throws IOException {
        try (SharedQueue queue = open(4)) {
            put(queue, "bad");
            for (int i = 0; i < 3; i++) {
                SharedQueue killed = open(4);
                killed.take();
                killed.abandon();
            }
            while (queue.read().items().poisoned() == 0) {
                queue.file().tend(queue::doChores, 0); // as its thread does
            }
            List<String> graves = new ArrayList<>();
            queue.graveyard((item, level) -> graves.add(new String(item, StandardCharsets.UTF_8)));
            queue.file().tend(queue::doChores, 0);
            assertThat(graves).containsExactly("bad");
        }
    }

    @Test
    void whatCannotBeBuriedIsDeliveredAgain() throws IOException {
        try (SharedQueue queue = open(4)) {
            queue.graveyard((item, level) -> false);
            put(queue, "bad");
            for (int i = 1; i < 10; i++) {
                long slot = queue.take();
                assertThat(queue.deliveries(slot)).isEqualTo(i);
                queue.tryGiveBack(slot, 0);
            }
        }
    }

    @Test
    void lowerLevelsComeFirst() throws IOException {
        try (SharedQueue queue = SharedQueue.open(shared.directory(), "levels", new QueueOptions(5, 16, 3, 0))) {
            int[] levels = {2, 0, 1, 2, 0};
            for (int i = 0; i < levels.length; i++) {
                byte[] item = (levels[i] + "." + i).getBytes(StandardCharsets.UTF_8);
                assertThat(queue.put(item, item.length, levels[i])).isTrue();
            }
            assertThat(offer(queue, "too much")).isFalse();
            List<String> order = new ArrayList<>();
            for (int i = 0; i < levels.length; i++) {
                order.add(next(queue));
            }
            assertThat(order).containsExactly("0.1", "0.4", "1.2", "2.0", "2.3");
            for (int i = 0; i < 100; i++) { // an item that waits long holds up nobody
                put(queue, "urgent");
                byte[] item = {'x'};
                if (i == 0) {
                    queue.put(item, 1, 2);
                }
                assertThat(next(queue)).isEqualTo("urgent");
            }
            assertThat(next(queue)).isEqualTo("x");
        }
    }

    @Test
    void afterTheEndNothingIsPutAndTakersGetWhatIsLeft() throws Exception {
        try (SharedQueue queue = open(4);
                SharedQueue other = open(4);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            put(queue, "a");
            long slot = queue.take();
            Future<Long> taker = threads.submit(other::take);
            assertThat(other.finish()).isTrue();
            assertThat(queue.finish()).isFalse();
            assertThat(queue.put(new byte[1], 1, 0)).isFalse();
            assertThat(queue.isAtEnd()).isFalse();
            assertThat(taker.isDone()).isFalse();
            queue.tryGiveBack(slot, 0);
            other.tryDone(taker.get());
            assertThat(queue.take()).isEqualTo(SharedQueue.NONE);
            assertThat(queue.totals().put()).isEqualTo(1);
            assertThat(other.totals().done()).isEqualTo(1);
        }
    }

    @Test
    void whatADeadOneHeldGoesToAnother() throws IOException {
        SharedQueue killed = open(4);
        try (SharedQueue queue = open(4)) {
            put(queue, "a");
            put(queue, "b");
            killed.take();
            killed.abandon();
            long a = queue.take(); // b is ready; a comes with the next sweep
            assertThat(text(queue, a)).isEqualTo("b");
            queue.tryDone(a);
            long again = queue.take();
            assertThat(text(queue, again)).isEqualTo("a");
            assertThat(queue.deliveries(again)).isEqualTo(2);
            queue.tryDone(again);
            queue.join();
        }
    }

    @Test
    void whatOneHeldThatLeftGoesToAnotherAtOnce() throws IOException {
        SharedQueue left = open(4);
        try (SharedQueue queue = open(4)) {
            put(queue, "a");
            left.take();
            left.close();
            assertThat(text(queue, queue.tryTake())).isEqualTo("a");
        }
    }

    @Test
    void joinWaitsForWhatIsLeased() throws Exception {
        try (SharedQueue queue = open(4);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            put(queue, "a");
            long slot = queue.take();
            CountDownLatch begun = new CountDownLatch(1);
            Future<?> joined = threads.submit(() -> {
                begun.countDown();
                queue.join();
            });
            begun.await();
            assertThat(joined.isDone()).isFalse();
            queue.tryDone(slot);
            joined.get();
        }
    }

    @Test
    void closingEndsTheWaits() throws Exception {
        SharedQueue queue = open(4);
        try (var threads = Executors.newCachedThreadPool()) {
            Future<?> taker = threads.submit(() -> assertThatExceptionOfType(SpaceException.class)
                    .isThrownBy(queue::take)
                    .withMessageContaining("closed"));
            while (!queue.isWaitedFor()) {
                Thread.onSpinWait();
            }
            queue.close();
            taker.get();
        }
        assertThatExceptionOfType(SpaceException.class).isThrownBy(() -> offer(queue, "a"));
    }

    @Test
    void manyPutAndManyTake() throws Exception {
        int producers = 4;
        int each = 20_000;
        ConcurrentHashMap<String, Integer> got = new ConcurrentHashMap<>();
        AtomicInteger left = new AtomicInteger(producers * each);
        try (var threads = Executors.newCachedThreadPool()) {
            List<Future<?>> all = new ArrayList<>();
            for (int p = 0; p < producers; p++) {
                int producer = p;
                all.add(threads.submit(() -> {
                    try (SharedQueue queue = open(16)) {
                        for (int i = 0; i < each; i++) {
                            put(queue, producer + "." + i);
                        }
                    }
                    return null;
                }));
                all.add(threads.submit(() -> {
                    try (SharedQueue queue = open(16)) {
                        while (left.getAndDecrement() > 0) {
                            got.merge(next(queue), 1, Integer::sum);
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        assertThat(got).hasSize(producers * each);
        assertThat(got.values()).allMatch(count -> count == 1);
    }
}

package dev.sluice.internal.shm;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.channel.Broadcast.Lag;
import dev.sluice.channel.Received;
import dev.sluice.codec.Codec;
import dev.sluice.codec.CodecException;
import dev.sluice.space.Space;
import dev.sluice.space.SpaceException;
import dev.sluice.space.Topic;
import dev.sluice.space.sync.SharedBarrier;
import dev.sluice.space.sync.SharedLock;
import dev.sluice.space.sync.SharedReadWriteLock;
import dev.sluice.task.CancelScope;
import dev.sluice.task.Deadline;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A participant dies in the middle of what it does with a topic, a lock for readers and writers, or a barrier.
/// The others go on.
@Tag("no-loop")
@Timeout(120)
class KillSharedTest {
    private static final Topic.Options OPTIONS =
            Topic.Options.defaults().withCapacity(4).withItemBytes(40);

    private final String address = "shm:sluice-test-" + UUID.randomUUID();

    private final Set<String> met = new TreeSet<>();

    @AfterEach
    void remove() {
        Shared.destroy(address);
    }

    private static Topic<String> topic(Space space) {
        return space.topic("t", Codec.utf8(), OPTIONS);
    }

    /// What a victim does, and what the others look at behind it.
    private interface Scenario {
        void live(Space victim) throws Exception;

        void survive(Space survivor, String what) throws Exception;
    }

    /// @param make a scenario for one death, which may prepare something in the survivor's space
    private void killEverywhere(java.util.function.Function<Space, Scenario> make) throws Exception {
        List<String> passed = List.of();
        for (int step = 0; passed.size() == step; step++) {
            try (Space survivor = Space.open(address)) {
                Scenario scenario = make.apply(survivor);
                ShmSpace victim = (ShmSpace) Space.open(address);
                passed = Killed.before(step + 1, () -> scenario.live(victim));
                victim.abandon();
                met.addAll(passed);
                String what = "killed after " + passed;
                Deadline.after(ofSeconds(60)).run(() -> scenario.survive(survivor, what));
                passed = passed.size() <= step ? List.of() : passed.subList(0, step + 1);
            }
            Shared.destroy(address);
        }
    }

    private static List<String> rest(Topic.Subscription<String> subscription) {
        List<String> messages = new ArrayList<>();
        while (subscription.tryReceive() instanceof Received.Value<String>(String message)) {
            messages.add(message);
        }
        return messages;
    }

    @Test
    void ofATopic() throws Exception {
        killEverywhere(survivor -> {
            Topic.Subscription<String> own = topic(survivor).subscribe(Lag.WAIT);
            return new Scenario() {
                private final List<String> published = new ArrayList<>();

                @Override
                public void live(Space victim) {
                    Topic<String> topic = topic(victim);
                    Topic.Subscription<String> slow = topic.subscribe(Lag.WAIT);
                    for (int i = 0; i < 3; i++) {
                        published.add("m" + i);
                        topic.publish("m" + i);
                    }
                    slow.receive();
                    slow.close();
                    topic.subscribe(Lag.WAIT); // and does not receive
                }

                @Override
                public void survive(Space space, String what) {
                    List<String> got = rest(own);
                    assertThat(published.subList(0, got.size())).as(what).isEqualTo(got);
                    assertThat(got.size()).as(what).isBetween(Math.max(0, published.size() - 1), published.size());
                    Topic<String> topic = topic(space);
                    for (int i = 0; i < 20; i++) { // nobody waits for the dead one
                        topic.publish("s" + i);
                        List<String> next = rest(own); // behind what the dead one had decided
                        assertThat(next.getLast()).as(what).isEqualTo("s" + i);
                    }
                    TopicWords words = ((ShmTopic<String>) topic).words();
                    words.file().tend(words::doChores, 0);
                    assertThat(words.table().violation()).as(what).isEmpty();
                }
            };
        });
        assertThat(met)
                .contains(
                        "topic.joining",
                        "topic.moved",
                        "topic.active",
                        "topic.written",
                        "topic.received",
                        "topic.left",
                        "table.decided",
                        "table.settled");
    }

    @Test
    void ofALockForReadersAndWriters() throws Exception {
        killEverywhere(survivor -> new Scenario() {
            private boolean wrote;

            @Override
            public void live(Space victim) {
                SharedReadWriteLock lock = victim.readWriteLock("rw");
                SharedLock.Held reading = lock.read().acquire();
                reading.close();
                SharedLock.Held writing = lock.write().acquire();
                wrote = true;
                writing.close();
                wrote = false;
                lock.read().acquire();
            }

            @Override
            public void survive(Space space, String what) {
                SharedReadWriteLock lock = space.readWriteLock("rw");
                try (SharedLock.Held held = lock.write().acquire()) {
                    if (wrote && !what.contains("lock.left")) {
                        assertThat(held.recovered()).as(what).isTrue();
                    }
                }
                try (SharedLock.Held held = lock.read().acquire()) {
                    assertThat(lock.toString()).as(what).contains("rw");
                    held.repaired();
                }
            }
        });
        assertThat(met)
                .contains(
                        "lock.counted", "lock.uncounted", "lock.claimed", "lock.entered", "lock.leaving", "lock.left");
    }

    @Test
    void ofABarrier() throws Exception {
        killEverywhere(survivor -> new Scenario() {
            @Override
            public void live(Space victim) throws InterruptedException {
                SharedBarrier barrier = victim.barrier("b", 2);
                CancelScope.run(scope -> {
                    Thread other = Thread.ofPlatform().start(() -> cancelWhenArrived((ShmBarrier) barrier, scope));
                    try {
                        barrier.await();
                    } finally {
                        other.interrupt();
                        other.join();
                    }
                });
                barrier.abort("no luck");
                barrier.reset();
            }

            @Override
            public void survive(Space space, String what) throws Exception {
                SharedBarrier barrier = space.barrier("b", 2);
                ShmBarrier words = (ShmBarrier) barrier;
                words.file().tend(words::doChores, 0);
                if (what.contains("barrier.broken")) {
                    barrier.reset();
                }
                for (int round = 0; round < 3; round++) {
                    List<Integer> places = java.util.Collections.synchronizedList(new ArrayList<>());
                    Thread other = Thread.ofPlatform().start(() -> places.add(barrier.await()));
                    places.add(barrier.await());
                    other.join();
                    assertThat(places).as(what).containsExactlyInAnyOrder(0, 1);
                }
            }
        });
        assertThat(met)
                .contains(
                        "barrier.arrived",
                        "barrier.leaving",
                        "barrier.left",
                        "barrier.break",
                        "barrier.broken",
                        "barrier.reset");
    }

    /// Before it has arrived there is no wait to be cancelled; where it is killed before, nobody is.
    static void cancelWhenArrived(ShmBarrier barrier, CancelScope scope) {
        long firstCell = barrier.mapping().bytes() - 2 * Long.BYTES;
        // Pairs with the compare-and-set of the arrival.
        while (barrier.mapping().getLongVolatile(firstCell) == 0 && !Thread.interrupted()) {
            Thread.onSpinWait();
        }
        scope.cancel("enough");
    }

    /// Nonsense in the file is an exception, at the most; never a crash, never a hang.
    @Test
    void nonsenseIsRefused() {
        long seed = Long.getLong("sluice.seed", new Random().nextLong());
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            try (Space space = Space.open(address)) {
                Topic<String> topic = topic(space);
                Topic.Subscription<String> own = topic.subscribe(Lag.WAIT);
                topic.publish("a");
                TopicWords words = ((ShmTopic<String>) topic).words();
                long bytes = words.mapping().bytes() - words.at(0);
                for (int i = 0; i < 3; i++) {
                    long offset = random.nextBoolean() ? random.nextInt(64) * 8L : random.nextLong(bytes / 8) * 8;
                    words.mapping().putLongVolatile(words.at(Math.min(offset, bytes - 8)), random.nextLong());
                }
                List<Runnable> all = List.of(
                        () -> topic.tryPublish("b"),
                        own::tryReceive,
                        own::tryReceive,
                        () -> topic.subscribe(Lag.DROP_OLDEST).tryReceive(),
                        topic::finish);
                for (Runnable each : all) {
                    try {
                        each.run();
                    } catch (SpaceException | CodecException refused) {
                        assertThat(refused).as("seed %d", seed).hasMessageNotContaining("null");
                    }
                }
            }
            Shared.destroy(address);
        }
    }

    @Test
    void aReasonIsBrief() {
        try (Space space = Space.open(address)) {
            SharedBarrier barrier = space.barrier("b", 2);
            barrier.abort("x".repeat(100));
            assertThatExceptionOfType(SpaceException.class)
                    .isThrownBy(barrier::await)
                    .withMessageEndingWith(": " + "x".repeat(64));
        }
    }
}

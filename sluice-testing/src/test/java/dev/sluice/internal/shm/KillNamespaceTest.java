package dev.sluice.internal.shm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.space.Namespace;
import dev.sluice.space.Namespace.Change;
import dev.sluice.space.Namespace.Entry;
import dev.sluice.space.Namespace.Lifetime;
import dev.sluice.space.Space;
import dev.sluice.testing.Actors;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A participant dies in the middle of what it does with a namespace: what it had done is there, what it had
/// begun is there or is not, and the others go on at once.
@Timeout(120)
class KillNamespaceTest {
    private static final Namespace.Options OPTIONS =
            Namespace.Options.defaults().withKeys(6).withItemBytes(40);
    private static final int KILLS = Integer.getInteger("sluice.kills", 300);
    private static final String GONE = "-";

    private final String address = "shm:sluice-test-" + UUID.randomUUID();

    @AfterEach
    void remove() {
        Shared.destroy(address);
    }

    private static Namespace namespace(Space space) {
        return space.namespace("n", OPTIONS);
    }

    private static NamespaceWords words(Space space) {
        return ((ShmNamespace) namespace(space)).words();
    }

    /// What a victim does, and what is known of each key when it dies: its state before the change that the
    /// victim was in the middle of, and behind it.
    private static final class Life {
        private final Namespace namespace;
        private final Map<String, String> before = new TreeMap<>();
        private final Map<String, String> after = new TreeMap<>();

        Life(Namespace namespace) {
            this.namespace = namespace;
        }

        private void change(String key, String now, Runnable change) {
            after.put(key, now);
            change.run();
            before.put(key, now);
        }

        private void put(String key, String value) {
            change(key, value, () -> namespace.put(key, value));
        }

        private void live() {
            put("a", "1");
            put("b", "1");
            put("a", "2");
            long version = namespace.get("a").orElseThrow().version();
            change(
                    "a",
                    "3",
                    () -> assertThat(namespace.compareAndSet("a", version, "3")).isPresent());
            change("b", GONE, () -> namespace.remove("b"));
            put("c", "1");
            namespace.put("mine", new byte[] {0x61, 'm'}, Lifetime.ephemeral());
            namespace.put("short", new byte[] {0x61, 's'}, Lifetime.expiring(Duration.ofNanos(1)));
            put("b", "2");
        }
    }

    private static String state(Namespace namespace, String key) {
        return namespace.get(key, String.class).orElse(GONE);
    }

    @Test
    void atEachStep() throws Exception {
        Set<String> met = new TreeSet<>();
        List<String> passed = List.of();
        for (int step = 0; passed.size() == step; step++) {
            try (Space survivor = Space.open(address);
                    Namespace.Watch watch = namespace(survivor).watch("")) {
                ShmSpace victim = (ShmSpace) Space.open(address);
                Life[] life = {null};
                passed = Killed.before(step + 1, () -> {
                    life[0] = new Life(namespace(victim));
                    life[0].live();
                });
                victim.abandon();
                met.addAll(passed);
                survive(survivor, watch, life[0], "killed after " + passed);
                if (passed.size() <= step) {
                    break;
                }
                passed = passed.subList(0, step + 1);
            }
            Shared.destroy(address);
        }
        assertThat(met)
                .contains(
                        "table.claimed",
                        "namespace.key",
                        "namespace.value",
                        "table.decide",
                        "table.decided",
                        "table.used",
                        "table.set",
                        "table.counted",
                        "table.logged",
                        "table.settle",
                        "table.settled",
                        "namespace.vacate");
    }

    private static void survive(Space space, Namespace.Watch watch, Life life, String what) {
        Namespace namespace = namespace(space);
        NamespaceWords words = words(space);
        words.file().tend(words::doChores, 0); // as its thread does every 100 ms
        if (life != null) {
            for (String key : life.after.keySet()) {
                assertThat(state(namespace, key))
                        .as(what + ": " + key)
                        .isIn(life.before.getOrDefault(key, GONE), life.after.get(key));
            }
        }
        assertThat(state(namespace, "mine")).as(what).isEqualTo(GONE);
        assertThat(state(namespace, "short")).as(what).isEqualTo(GONE);
        assertThat(words.table().violation()).as(what).isEmpty();
        assertThat(words.table().count()).as(what).isEqualTo(namespace.list("").size());
        assertThat(seen(watch)).as(what).isEqualTo(listed(namespace));
        for (int i = namespace.list("").size(); i < OPTIONS.keys(); i++) {
            namespace.put("room " + i, "1");
        }
        assertThat(namespace.list("")).as(what).hasSize(OPTIONS.keys());
        assertThat(words.replace(
                        new NamespaceWords.Content(
                                "more".getBytes(StandardCharsets.UTF_8), new byte[1], false, NamespaceWords.NEVER),
                        0))
                .as(what)
                .isEqualTo(NamespaceWords.FULL);
        assertThat(words.file().participants().living()).as(what).hasSize(1);
    }

    private static Map<String, String> seen(Namespace.Watch watch) {
        Map<String, String> seen = new HashMap<>();
        for (Optional<Change> next = watch.poll(); next.isPresent(); next = watch.poll()) {
            switch (next.get()) {
                case Change.Put(Entry entry) -> seen.put(entry.key(), entry.as(String.class));
                case Change.Removed(String key) -> seen.remove(key);
            }
        }
        return seen;
    }

    private static Map<String, String> listed(Namespace namespace) {
        Map<String, String> listed = new HashMap<>();
        namespace.list("").forEach(entry -> listed.put(entry.key(), entry.as(String.class)));
        return listed;
    }

    /// Several participants die again and again at random steps, while all change the same few keys.
    @Test
    void atRandomStepsNoUpdateIsLost() throws Exception {
        long seed = Long.getLong("sluice.seed", new Random().nextLong());
        Map<Thread, Random> mortals = new ConcurrentHashMap<>();
        AtomicInteger kills = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        AtomicInteger begun = new AtomicInteger();
        Set<String> failures = ConcurrentHashMap.newKeySet();
        Steps.watch(label -> {
            Random random = mortals.get(Thread.currentThread());
            if (random != null && random.nextInt(200) == 0) {
                throw new Death();
            }
        });
        try (Space survivor = Space.open(address)) {
            Namespace.Watch watch = namespace(survivor).watch("");
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Random random = new Random(seed + i);
                threads.add(Thread.ofPlatform().start(() -> {
                    try {
                        while (kills.get() < KILLS) {
                            dieOnce(mortals, random, begun, done);
                            kills.incrementAndGet();
                        }
                    } catch (RuntimeException | AssertionError failure) {
                        failures.add(failure.toString());
                        kills.addAndGet(KILLS);
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            Steps.unwatch();
            assertThat(failures).as("with -Dsluice.seed=" + seed).isEmpty();
            NamespaceWords words = words(survivor);
            words.file().tend(words::doChores, 0);
            Namespace namespace = namespace(survivor);
            assertThat(namespace.get("count", Integer.class).orElse(0))
                    .as("with -Dsluice.seed=" + seed)
                    .isBetween(done.get(), begun.get());
            assertThat(words(survivor).table().violation())
                    .as("with -Dsluice.seed=" + seed)
                    .isEmpty();
            assertThat(namespace.get("own0")).isEmpty();
            hasShownTheLastOfEach(watch, namespace, seed);
        } finally {
            Steps.unwatch();
        }
    }

    private static void hasShownTheLastOfEach(Namespace.Watch watch, Namespace namespace, long seed) {
        Map<String, Object> last = new HashMap<>();
        for (Optional<Change> next = watch.poll(); next.isPresent(); next = watch.poll()) {
            Change change = next.get();
            last.put(change.key(), change instanceof Change.Put(Entry entry) ? (Object) entry.version() : GONE);
        }
        namespace
                .list("")
                .forEach(entry -> assertThat(last.remove(entry.key()))
                        .as("%s with -Dsluice.seed=%d", entry, seed)
                        .isEqualTo(entry.version()));
        assertThat(last.values()).as("with -Dsluice.seed=" + seed).allMatch(GONE::equals);
    }

    private static final class Death extends Error {
        private static final long serialVersionUID = 1;
    }

    private void dieOnce(Map<Thread, Random> mortals, Random random, AtomicInteger begun, AtomicInteger done) {
        ShmSpace space = (ShmSpace) Space.open(address);
        mortals.put(Thread.currentThread(), random);
        try {
            Namespace namespace = namespace(space);
            while (true) {
                begun.incrementAndGet();
                namespace.update("count", Integer.class, 0, now -> now + 1);
                done.incrementAndGet();
                String key = "key" + random.nextInt(3);
                if (random.nextBoolean()) {
                    namespace.put(key, random.nextInt());
                } else {
                    namespace.remove(key);
                }
                namespace.put("own0", new byte[] {1}, Lifetime.ephemeral());
            }
        } catch (Death end) {
            Objects.requireNonNull(mortals.remove(Thread.currentThread()));
        } finally {
            space.abandon();
        }
    }

    /// Nonsense in the file is an exception, at the most; never a crash, never a hang.
    @Test
    void nonsenseIsRefused() {
        long seed = Long.getLong("sluice.seed", new Random().nextLong());
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            try (Space space = Space.open(address)) {
                Namespace namespace = namespace(space);
                namespace.put("a", "1");
                namespace.put("b", "1");
                NamespaceWords words = words(space);
                long bytes = words.mapping().bytes() - words.at(0);
                for (int i = 0; i < 3; i++) {
                    long offset = random.nextBoolean() ? random.nextInt(64) * 8L : random.nextLong(bytes / 8) * 8;
                    words.mapping().putLongVolatile(words.at(Math.min(offset, bytes - 8)), random.nextLong());
                }
                Actors.await("seed " + seed + " round " + round, () -> {
                    tryAll(namespace);
                    return true;
                });
            }
            Shared.destroy(address);
        }
    }

    private static void tryAll(Namespace namespace) {
        List<Runnable> all = List.of(
                () -> namespace.get("a"),
                () -> namespace.put("a", "2"),
                () -> namespace.list(""),
                () -> namespace.remove("b"),
                () -> namespace.watch("").poll());
        for (Runnable each : all) {
            try {
                each.run();
            } catch (dev.sluice.space.SpaceException | dev.sluice.codec.CodecException refused) {
                assertThat(refused).hasMessageNotContaining("null");
            }
        }
    }
}

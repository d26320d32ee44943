package dev.sluice.testing.space;

import static dev.sluice.testing.Actors.await;
import static dev.sluice.testing.Actors.everywhere;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.codec.CodecException;
import dev.sluice.space.Namespace;
import dev.sluice.space.Namespace.Change;
import dev.sluice.space.Namespace.Entry;
import dev.sluice.space.Namespace.Lifetime;
import dev.sluice.space.Space;
import dev.sluice.space.SpaceException.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// What the namespaces of every space do.
public abstract class NamespaceContract extends SpaceFixture {
    private static final int HISTORIES = 100;

    /// For the subclass that says which space.
    protected NamespaceContract() {}

    private static Namespace namespace(Space space) {
        return space.namespace(
                fresh(), Namespace.Options.defaults().withKeys(16).withItemBytes(100));
    }

    private static List<String> keys(List<Entry> entries) {
        return entries.stream().map(Entry::key).toList();
    }

    /// A change as text: `rate=3`, or `-rate`.
    private static String text(Change change) {
        return switch (change) {
            case Change.Put(Entry entry) -> entry.key() + "=" + entry.as(Integer.class);
            case Change.Removed(String key) -> "-" + key;
        };
    }

    private static List<String> changes(Namespace.Watch watch) {
        List<String> seen = new ArrayList<>();
        for (Optional<Change> next = watch.poll(); next.isPresent(); next = watch.poll()) {
            seen.add(text(next.get()));
        }
        return seen;
    }

    record Limits(int least, int most) {}

    @Test
    void whatWasPutIsThere() {
        Space one = open();
        Space two = open();
        Namespace settings = namespace(one);
        assertThat(settings.get("rate")).isEmpty();
        settings.put("rate", 3);
        settings.put("name", "sluice");
        settings.put("limits", new Limits(1, 9));
        Namespace same = two.namespace(settings.name());
        assertThat(same.get("rate", Integer.class)).contains(3);
        assertThat(same.get("name", String.class)).contains("sluice");
        assertThat(same.get("limits", Limits.class)).contains(new Limits(1, 9));
        assertThat(same.get("missing", String.class)).isEmpty();
        same.put("rate", 4);
        assertThat(settings.get("rate", Integer.class)).contains(4);
        assertThatThrownBy(() -> settings.get("name", Integer.class)).isInstanceOf(CodecException.class);
        assertThat(same.remove("rate")).isTrue();
        assertThat(same.remove("rate")).isFalse();
        assertThat(settings.get("rate")).isEmpty();
    }

    @Test
    void versionsOnlyGrow() {
        Namespace namespace = namespace(open());
        long first = namespace.put("a", 1);
        assertThat(first).isPositive();
        assertThat(namespace.get("a").orElseThrow().version()).isEqualTo(first);
        long second = namespace.put("a", 1);
        assertThat(second).isGreaterThan(first);
        namespace.remove("a");
        assertThat(namespace.put("a", 1)).isGreaterThan(second);
    }

    @Test
    void comparingAndSettingIsOneStep() {
        Namespace namespace = namespace(open());
        OptionalLong first = namespace.compareAndSet("a", 0, 1);
        assertThat(first).isPresent();
        assertThat(namespace.compareAndSet("a", 0, 2)).isEmpty();
        OptionalLong second = namespace.compareAndSet("a", first.getAsLong(), 2);
        assertThat(second.getAsLong()).isGreaterThan(first.getAsLong());
        assertThat(namespace.compareAndSet("a", first.getAsLong(), 3)).isEmpty();
        assertThat(namespace.remove("a", first.getAsLong())).isFalse();
        assertThat(namespace.get("a", Integer.class)).contains(2);
        assertThat(namespace.remove("a", second.getAsLong())).isTrue();
        assertThat(namespace.compareAndSet("a", second.getAsLong(), 4)).isEmpty();
        assertThatThrownBy(() -> namespace.compareAndSet("a", -1, 4)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void noUpdateIsLost() {
        Space space = open();
        everywhere(actors -> {
            Namespace namespace = namespace(space);
            for (int party = 0; party < 3; party++) {
                Namespace own = open().namespace(namespace.name());
                actors.start(() -> {
                    for (int i = 0; i < 100; i++) {
                        own.update("count", Integer.class, 0, now -> now + 1);
                    }
                });
            }
            actors.join();
            assertThat(namespace.get("count", Integer.class)).contains(300);
        });
    }

    @Test
    void entriesAreListedByPrefixInOrder() {
        Namespace namespace = namespace(open());
        for (String key : List.of("b/2", "a", "b/1", "c", "b", "b/10", "bé")) {
            namespace.put(key, 1);
        }
        assertThat(keys(namespace.list(""))).containsExactly("a", "b", "b/1", "b/10", "b/2", "bé", "c");
        assertThat(keys(namespace.list("b/"))).containsExactly("b/1", "b/10", "b/2");
        assertThat(namespace.list("d")).isEmpty();
    }

    @Test
    void everythingHasALimit() {
        Namespace namespace = namespace(open());
        byte[] largest = new byte[100];
        largest[99] = 7;
        namespace.put("k", largest, Lifetime.permanent());
        assertThat(namespace.get("k").orElseThrow().bytes()).isEqualTo(largest);
        assertFails(Problem.TOO_LARGE, () -> namespace.put("k", new byte[101], Lifetime.permanent()));
        String longest = "k".repeat(255);
        namespace.put(longest, 1);
        assertThat(namespace.get(longest, Integer.class)).contains(1);
        for (String bad : List.of("", "k".repeat(256), "é".repeat(128))) {
            assertThatThrownBy(() -> namespace.put(bad, 1)).isInstanceOf(IllegalArgumentException.class);
        }
        for (int i = 2; i < 16; i++) {
            namespace.put("full" + i, i);
        }
        assertFails(Problem.FULL, () -> namespace.put("one more", 1));
        assertFails(Problem.FULL, () -> namespace.compareAndSet("one more", 0, 1));
        namespace.put("k", 2);
        namespace.remove("k");
        namespace.put("one more", 1);
        for (int i = 0; i < 100; i++) {
            namespace.put("one more", i); // space is used again
        }
        assertThat(namespace.get("one more", Integer.class)).contains(99);
    }

    @Test
    void keysWhoseHashesCollideAreDifferent() {
        Namespace namespace = namespace(open());
        namespace.put("Aa", 1);
        namespace.put("BB", 2);
        assertThat(namespace.get("Aa", Integer.class)).contains(1);
        assertThat(namespace.get("BB", Integer.class)).contains(2);
        namespace.remove("Aa");
        assertThat(namespace.get("BB", Integer.class)).contains(2);
    }

    @Test
    void aWatchGivesWhatIsThereAndThenWhatChanges() {
        Namespace namespace = namespace(open());
        namespace.put("a/1", 1);
        namespace.put("b", 1);
        try (Namespace.Watch watch = namespace.watch("a/")) {
            assertThat(changes(watch)).containsExactly("a/1=1");
            namespace.put("a/2", 2);
            assertThat(text(watch.next())).isEqualTo("a/2=2");
            namespace.put("b", 2);
            namespace.remove("a/1");
            assertThat(text(watch.next())).isEqualTo("-a/1");
            assertThat(watch.poll()).isEmpty();
        }
    }

    @Test
    void whoIsSlowGetsTheLastStateOfEachKey() {
        Namespace namespace = namespace(open());
        namespace.put("gone", 1);
        try (Namespace.Watch watch = namespace.watch("")) {
            assertThat(changes(watch)).containsExactly("gone=1");
            for (int i = 0; i < 5000; i++) {
                namespace.put("a", i);
                namespace.put("b" + i % 3, i);
            }
            namespace.remove("gone");
            namespace.put("unseen", 1);
            namespace.remove("unseen");
            Map<String, String> last = new HashMap<>();
            changes(watch).forEach(change -> last.put(change.replaceAll("[-]|=.*", ""), change));
            assertThat(last.values()).containsExactlyInAnyOrder("a=4999", "b0=4998", "b1=4999", "b2=4997", "-gone");
        }
    }

    @Test
    void aWatcherWaits() {
        Space space = open();
        everywhere(actors -> {
            Namespace namespace = namespace(space);
            Namespace.Watch watch = namespace.watch("");
            List<String> seen = new ArrayList<>();
            var watcher = actors.start(() -> {
                for (Change change : watch) {
                    seen.add(text(change));
                    if (seen.size() == 2) {
                        watch.close();
                    }
                }
            });
            assertThat(watcher).isNotDone();
            namespace.put("a", 1);
            namespace.put("b", 1);
            actors.join();
            assertThat(seen).containsExactly("a=1", "b=1");
            assertFails(Problem.FINISHED, watch::next);
            assertThat(watch.poll()).isEmpty();
            Namespace.Watch other = namespace.watch("none");
            actors.start(() -> assertFails(Problem.FINISHED, other::next));
            other.close();
            actors.join();
        });
    }

    @Test
    void whatIsEphemeralVanishesWithItsOpening() {
        Space stays = open();
        everywhere(actors -> {
            Namespace namespace = namespace(stays);
            Space goes = open();
            Namespace other = goes.namespace(namespace.name());
            other.put("mine", new byte[] {1}, Lifetime.ephemeral());
            other.put("taken", new byte[] {1}, Lifetime.ephemeral());
            other.put("kept", 1);
            namespace.put("taken", 2);
            Namespace.Watch watch = namespace.watch("mine");
            watch.next();
            CompletableFuture<Void> watcher =
                    actors.start(() -> assertThat(watch.next()).isEqualTo(new Change.Removed("mine")));
            assertThat(namespace.get("mine")).isPresent();
            assertThat(watcher).isNotDone();
            goes.close();
            actors.join();
            assertThat(keys(namespace.list(""))).containsExactly("kept", "taken");
            watch.close();
        });
    }

    @Test
    void whatExpiresVanishes() {
        Space space = open();
        everywhere(actors -> {
            Namespace namespace = namespace(space);
            namespace.put("soon", new byte[] {1}, Lifetime.expiring(Duration.ofMillis(20)));
            namespace.put("late", new byte[] {1}, Lifetime.expiring(Duration.ofHours(1)));
            namespace.put("replaced", new byte[] {1}, Lifetime.expiring(Duration.ofMillis(20)));
            namespace.put("replaced", 2);
            Namespace.Watch watch = namespace.watch("soon");
            AtomicBoolean shown = new AtomicBoolean();
            actors.start(() -> {
                while (watch.next() instanceof Change.Put) {
                    shown.set(true);
                }
            });
            await("it was shown before it vanished", () -> {
                if (!shown.get() && namespace.get("soon").isEmpty()) {
                    namespace.put("soon", new byte[] {1}, Lifetime.expiring(Duration.ofMillis(20)));
                }
                return shown.get();
            });
            actors.join();
            await("all has vanished that expires", () -> namespace.get("soon").isEmpty());
            assertThat(keys(namespace.list(""))).containsExactly("late", "replaced");
            watch.close();
        });
    }

    @Test
    void aClosedSpaceRefuses() {
        Space space = open();
        Namespace namespace = namespace(space);
        Namespace.Watch watch = namespace.watch("");
        space.close();
        assertFails(Problem.CLOSED, () -> namespace.put("a", 1));
        assertFails(Problem.CLOSED, () -> namespace.get("a"));
        assertFails(Problem.CLOSED, () -> namespace.list(""));
        assertFails(Problem.CLOSED, () -> namespace.watch(""));
        assertFails(Problem.CLOSED, watch::next);
    }

    @Test
    void randomHistoriesAreThoseOfAModel() {
        long first = Long.getLong("sluice.seed", -1);
        Space space = open();
        for (long seed = first < 0 ? 0 : first; seed < (first < 0 ? HISTORIES : first + 1); seed++) {
            try {
                history(namespace(space), new SplittableRandom(seed));
            } catch (AssertionError failure) {
                throw new AssertionError("with -Dsluice.seed=" + seed + ": " + failure.getMessage(), failure);
            }
        }
    }

    private static void history(Namespace namespace, RandomGenerator random) {
        NavigableMap<String, Integer> values = new TreeMap<>();
        Map<String, Long> versions = new HashMap<>();
        Map<String, Integer> watched = new TreeMap<>();
        Namespace.Watch watch = namespace.watch("");
        for (int step = 0; step < 100; step++) {
            String key = "key" + random.nextInt(20);
            long now = versions.getOrDefault(key, 0L);
            switch (random.nextInt(6)) {
                case 0, 1 -> {
                    if (values.size() < 16 || now > 0) {
                        versions.put(key, namespace.put(key, step));
                        values.put(key, step);
                    } else {
                        int late = step;
                        assertFails(Problem.FULL, () -> namespace.put(key, late));
                    }
                }
                case 2 -> {
                    long expected = random.nextBoolean() ? now : now + 1;
                    if (values.size() < 16 || now > 0 || expected != now) {
                        OptionalLong made = namespace.compareAndSet(key, expected, step);
                        assertThat(made.isPresent()).isEqualTo(expected == now);
                        if (made.isPresent()) {
                            versions.put(key, made.getAsLong());
                            values.put(key, step);
                        }
                    }
                }
                case 3 -> {
                    assertThat(namespace.remove(key)).isEqualTo(now > 0);
                    versions.remove(key);
                    values.remove(key);
                }
                case 4 -> see(watch, watched);
                case 5 -> assertThat(namespace.get(key, Integer.class)).isEqualTo(Optional.ofNullable(values.get(key)));
                default -> throw new AssertionError();
            }
            assertThat(keys(namespace.list("key1")))
                    .isEqualTo(values.tailMap("key1", true).headMap("key2", false).keySet().stream()
                            .toList());
        }
        see(watch, watched);
        assertThat(watched).isEqualTo(values);
        watch.close();
    }

    private static void see(Namespace.Watch watch, Map<String, Integer> watched) {
        for (Optional<Change> next = watch.poll(); next.isPresent(); next = watch.poll()) {
            switch (next.get()) {
                case Change.Put(Entry entry) -> watched.put(entry.key(), entry.as(Integer.class));
                case Change.Removed(String key) -> watched.remove(key);
            }
        }
    }
}

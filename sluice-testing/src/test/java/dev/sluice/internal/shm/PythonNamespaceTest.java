package dev.sluice.internal.shm;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofNanos;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.codec.Cbor;
import dev.sluice.space.Namespace;
import dev.sluice.space.Namespace.Change;
import dev.sluice.space.Namespace.Entry;
import dev.sluice.space.Namespace.Lifetime;
import dev.sluice.space.Space;
import dev.sluice.space.sync.SharedCounter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The Java end and the Python end of one namespace, each written from the same page, and killed by turns.
@Tag("no-loop")
@Timeout(300)
class PythonNamespaceTest extends PythonPeer {
    private static final Namespace.Options OPTIONS =
            Namespace.Options.defaults().withKeys(6).withItemBytes(40);
    private static final int KILLS = Integer.getInteger("sluice.kills.python", 5);

    private static NamespaceWords words(Namespace namespace) {
        return ((ShmNamespace) namespace).words();
    }

    /// As its thread does every 100 ms.
    private static void tend(NamespaceWords words) {
        words.file().tend(words::doChores, 0);
    }

    // ---- together

    @Test
    void bothReadAndChangeTheSame() throws Exception {
        say("n = space.namespace('n', sluice.NamespaceOptions(keys=6, item_bytes=40))");
        Namespace namespace = space.namespace("n");
        assertThat(words(namespace).options()).isEqualTo(OPTIONS);
        assertThat(python.run("n.put('ü/😀', {'rate': 3})")).isEqualTo("ok 1");
        Entry made = namespace.get("ü/😀").orElseThrow();
        assertThat(made.as(Cbor.mapOf(Integer.class))).containsEntry("rate", 3);
        assertThat(namespace.compareAndSet(made.key(), 1, 4)).hasValue(2);
        assertThat(python.run("n.compare_and_set('ü/😀', 1, 5), n.compare_and_set('ü/😀', 2, 5)"))
                .isEqualTo("ok (None, 3)");
        assertThat(namespace.get("ü/😀", Integer.class)).hasValue(5);
        for (int i = 0; i < 5; i++) {
            namespace.put("k" + i, "v" + i);
        }
        assertThat(python.run("n.put('more', 1)")).startsWith("error SpaceError FULL");
        assertThat(python.run("n.remove('k0'), n.remove('k1', 99), n.remove('k0')"))
                .isEqualTo("ok (True, False, False)");
        assertThat(namespace.get("k0")).isEmpty();
        assertThat(python.run("[(e.key, e.value) for e in n.list('k')]"))
                .isEqualTo("ok [('k1', 'v1'), ('k2', 'v2'), ('k3', 'v3'), ('k4', 'v4')]");
        assertThat(python.run("space.queue('n')")).startsWith("error SpaceError MISMATCH");
        assertThat(words(namespace).table().violation()).isEmpty();
    }

    @Test
    void eachHearsOfTheOther() throws Exception {
        Namespace namespace = space.namespace("n", OPTIONS);
        say("n = space.namespace('n'); w = n.watch('a')");
        try (Namespace.Watch watch = namespace.watch("b")) {
            python.begin("w.next(60)[0]");
            namespace.put("b", 1);
            namespace.put("abc", 1);
            assertThat(python.answer()).isEqualTo("ok 'abc'");
            assertThat(watch.next().key()).isEqualTo("b");
            python.begin("n.remove('b') and w.next(60)");
            within(() -> assertThat(watch.next()).isEqualTo(new Change.Removed("b")));
            namespace.remove("abc");
            assertThat(python.answer()).isEqualTo("ok Change(key='abc', entry=None)");
        }
    }

    @Test
    void whatIsBoundToAnOpeningOrToTimeVanishesForBoth() throws Exception {
        Namespace namespace = space.namespace("n", OPTIONS);
        say("n = space.namespace('n')");
        assertThat(python.run("n.put('of python', 1, ephemeral=True)")).isEqualTo("ok 1");
        try (Namespace.Watch watch = namespace.watch("of ")) {
            assertThat(watch.next().key()).isEqualTo("of python"); // what was never told has never gone
            try (Space other = Space.open(address)) {
                other.namespace("n", OPTIONS).put("of java", new byte[] {1}, Lifetime.ephemeral());
                namespace.put("of time", new byte[] {1}, Lifetime.expiring(ofMillis(20)));
                say("w = n.watch('of java'); w.next(60)");
                say("while 'of time' in n: pass");
                python.begin("w.next(60).entry");
            }
            assertThat(python.answer()).isEqualTo("ok None");
            python.kill();
            within(() -> {
                while (!watch.next().equals(new Change.Removed("of python"))) {}
            });
        }
        assertThat(namespace.list("")).isEmpty();
        assertThat(words(namespace).table().violation()).isEmpty();
    }

    // ---- one of them is killed

    /// What both of them do until they die: the states of a, b and c, one after the other.
    private static final List<String> STATES = List.of("---", "1--", "11-", "21-", "31-", "3--", "3-1", "321");

    private static final String LIFE_OF_PYTHON = "[(n := s.namespace('%s')).put('a', 1), n.put('b', 1), n.put('a', 2),"
            + " n.compare_and_set('a', n.read('a').version, 3), n.remove('b'), n.put('c', 1),"
            + " n.put('mine', 1, ephemeral=True), n.put('short', 1, expiry=1e-9), n.put('b', 2)]";

    private static void live(Namespace namespace) {
        namespace.put("a", 1);
        namespace.put("b", 1);
        namespace.put("a", 2);
        long version = namespace.get("a").orElseThrow().version();
        assertThat(namespace.compareAndSet("a", version, 3)).isPresent();
        namespace.remove("b");
        namespace.put("c", 1);
        namespace.put("mine", new byte[] {1}, Lifetime.ephemeral());
        namespace.put("short", new byte[] {1}, Lifetime.expiring(ofNanos(1)));
        namespace.put("b", 2);
    }

    private int state; // the index of the one that the last death has left

    @Test
    void aPythonThatIsKilledAtEachStepHoldsUpNobody() throws Exception {
        killPythonAtEachStep(100, LIFE_OF_PYTHON, (survivors, object) -> {
            Namespace namespace = survivors.namespace(object, OPTIONS);
            Namespace.Watch watch = namespace.watch("");
            return what -> state = survive(namespace, watch, state, what);
        });
        assertThat(state).isEqualTo(STATES.size() - 1);
    }

    /// @param least the state that an earlier death has left
    /// @return the state that this one has
    private static int survive(Namespace namespace, Namespace.Watch watch, int least, String what) {
        NamespaceWords words = words(namespace);
        tend(words);
        StringBuilder state = new StringBuilder();
        for (String key : List.of("a", "b", "c")) {
            state.append(namespace.get(key, Integer.class).map(String::valueOf).orElse("-"));
        }
        int now = STATES.indexOf(state.toString());
        assertThat(now).as("%s, state %s", what, state).isGreaterThanOrEqualTo(least);
        assertThat(namespace.get("mine")).as(what).isEmpty();
        assertThat(namespace.get("short")).as(what).isEmpty();
        Map<String, Long> listed = new HashMap<>();
        namespace.list("").forEach(entry -> listed.put(entry.key(), entry.version()));
        assertThat(seen(watch)).as(what).isEqualTo(listed);
        assertThat(words.table().violation()).as(what).isEmpty();
        for (int i = listed.size(); i < OPTIONS.keys(); i++) {
            namespace.put("room " + i, 1);
        }
        assertThat(words.replace(
                        new NamespaceWords.Content(
                                "more".getBytes(StandardCharsets.UTF_8), new byte[1], false, NamespaceWords.NEVER),
                        0))
                .as(what)
                .isEqualTo(NamespaceWords.FULL);
        assertThat(words.file().participants().living()).as(what).hasSize(1);
        return now;
    }

    private static Map<String, Long> seen(Namespace.Watch watch) {
        Map<String, Long> seen = new HashMap<>();
        for (Optional<Change> next = watch.poll(); next.isPresent(); next = watch.poll()) {
            switch (next.get()) {
                case Change.Put(Entry entry) -> seen.put(entry.key(), entry.version());
                case Change.Removed(String key) -> seen.remove(key);
            }
        }
        return seen;
    }

    @Test
    void aJavaThatIsKilledAtEachStepHoldsUpNobody() throws Exception {
        killJavaAtEachStep(
                50,
                (victim, object) -> {
                    Namespace namespace = victim.namespace(object, OPTIONS);
                    return () -> live(namespace);
                },
                (survivors, object) -> {
                    say("n = space.namespace('" + object + "', sluice.NamespaceOptions(6, 40)); w = n.watch(); d = {}");
                    return what -> survivePython(object, what);
                });
        assertThat(state).isEqualTo(STATES.size() - 1);
    }

    private void survivePython(String object, String what) throws IOException {
        say("n._tend()"); // as it does every 100 ms in which it is used
        String now = python.run("''.join(str(n.get(k, '-')) for k in 'abc'), 'mine' in n or 'short' in n");
        assertThat(now).as(what).matches("ok \\('...', False\\)");
        assertThat(STATES.indexOf(now.substring(5, 8))).as("%s: %s", what, now).isGreaterThanOrEqualTo(state);
        state = STATES.indexOf(now.substring(5, 8));
        say("for c in iter(w.poll, None): d[c.key] = c.entry and c.entry.version");
        check(what, "{k: v for k, v in d.items() if v} == {e.key: e.version for e in n.list()}");
        say("for i in range(6 - len(n.list())): n.put(f'room {i}', 1)");
        assertThat(python.run("n.put('more', 1)")).as(what).startsWith("error SpaceError FULL");
        try (Space later = Space.open(address)) {
            String violation = words(later.namespace(object, OPTIONS)).table().violation();
            assertThat(violation).as(what).isEmpty();
        }
        say("n.close()");
    }

    // ---- all of them, at random

    private static final List<String> COUNT = List.of(
            "n, b, d = space.namespace('n'), space.counter('begun'), space.counter('done')",
            "while True: b.add(); n.update('count', 0, lambda c: c + 1); d.add();"
                    + " n.put('key', 1); n.remove('key'); n.put('own python', 1, ephemeral=True)");

    private long begunByJava; // its thread's, and after its end the test's

    /// Counts in a key.
    private final class Counting extends Doomed {
        private final SharedCounter begunThere = space.counter("begun");
        private final SharedCounter done = space.counter("done");

        Counting(long seed) {
            super(address, seed);
        }

        @Override
        void open(Space victim) {
            assertThat(victim.namespace("n", OPTIONS)).isNotNull();
        }

        @Override
        void live(Space victim) {
            Namespace own = victim.namespace("n", OPTIONS);
            while (!isOver()) {
                long there = begunThere.get();
                begunByJava++;
                own.update("count", Integer.class, 0, now -> now + 1);
                done.add(1);
                own.put("key", 2);
                own.remove("key");
                own.put("own java", new byte[] {1}, Lifetime.ephemeral());
                // The others are slower: else they would hardly come to it.
                while (!isOver() && !rest(() -> begunThere.awaitAtLeast(there + 1))) {}
            }
        }
    }

    /// Pythons are killed at random times, and a Java at random steps, while all of them count in one key.
    @Test
    void noUpdateIsLostWhenAllAreKilledAtRandom() throws Exception {
        Namespace namespace = space.namespace("n", OPTIONS);
        SharedCounter begun = space.counter("begun");
        try (Namespace.Watch watch = namespace.watch("")) {
            String replay = killAtRandom(
                    KILLS, Counting::new, COUNT, chance -> begun.awaitAtLeast(begun.get() + 10 + chance.nextInt(60)));
            tend(words(namespace));
            assertThat((long) namespace.get("count", Integer.class).orElse(0))
                    .as(replay)
                    .isBetween(space.counter("done").get(), begun.get() + begunByJava);
            assertThat(words(namespace).table().violation()).as(replay).isEmpty();
            Map<String, Long> listed = new HashMap<>();
            namespace.list("").forEach(entry -> listed.put(entry.key(), entry.version()));
            assertThat(seen(watch)).as(replay).isEqualTo(listed);
            assertThat(listed).as(replay).doesNotContainKeys("own python", "own java");
        }
    }
}

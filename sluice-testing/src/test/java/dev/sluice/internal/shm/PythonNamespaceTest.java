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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
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

    private static String lifeOfPython(String name) {
        return "[(n := s.namespace('" + name + "')).put('a', 1), n.put('b', 1), n.put('a', 2),"
                + " n.compare_and_set('a', n.read('a').version, 3), n.remove('b'), n.put('c', 1),"
                + " n.put('mine', 1, ephemeral=True), n.put('short', 1, expiry=1e-9), n.put('b', 2)]";
    }

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

    @Test
    void aPythonThatIsKilledAtEachStepHoldsUpNobody() throws Exception {
        int state = 0;
        int step = 1;
        String answer;
        do {
            String name = "n" + step;
            String what = "killed at step " + step;
            try (Space survivor = Space.open(address)) {
                Namespace namespace = survivor.namespace(name, OPTIONS);
                try (Namespace.Watch watch = namespace.watch("")) {
                    answer = python.run("killed(%d, lambda s: %s)".formatted(step, lifeOfPython(name)));
                    assertThat(answer).as(what).isIn("ok True", "ok False");
                    state = survive(namespace, watch, state, what);
                }
                survivor.remove(name);
            }
            step++;
        } while (answer.equals("ok True"));
        assertThat(state).isEqualTo(STATES.size() - 1);
        assertThat(step).isGreaterThan(100);
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
        assertThat(words.replace(new NamespaceWords.Content("more", new byte[1], false, NamespaceWords.NEVER), 0))
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
        int state = 0;
        int step = 0;
        List<String> passed;
        do {
            String name = "n" + step;
            say("n = space.namespace('%s', sluice.NamespaceOptions(6, 40)); w = n.watch(); d = {}".formatted(name));
            ShmSpace victim = (ShmSpace) Space.open(address);
            Namespace own = victim.namespace(name, OPTIONS);
            passed = Killed.before(step, () -> live(own));
            victim.abandon();
            String what = "killed after " + passed;
            say("n._tend()"); // as it does every 100 ms in which it is used
            String now = python.run("''.join(str(n.get(k, '-')) for k in 'abc'), 'mine' in n or 'short' in n");
            assertThat(now).as(what).matches("ok \\('...', False\\)");
            assertThat(STATES.indexOf(now.substring(5, 8)))
                    .as("%s: %s", what, now)
                    .isGreaterThanOrEqualTo(state);
            state = STATES.indexOf(now.substring(5, 8));
            say("for c in iter(w.poll, None): d[c.key] = c.entry and c.entry.version");
            assertThat(python.run("{k: v for k, v in d.items() if v} == {e.key: e.version for e in n.list()}"))
                    .as(what)
                    .isEqualTo("ok True");
            say("for i in range(6 - len(n.list())): n.put(f'room {i}', 1)");
            assertThat(python.run("n.put('more', 1)")).as(what).startsWith("error SpaceError FULL");
            try (Space later = Space.open(address)) {
                String violation = words(later.namespace(name, OPTIONS)).table().violation();
                assertThat(violation).as(what).isEmpty();
            }
            say("space.remove('%s'); n.close()".formatted(name));
            step++;
        } while (passed.size() == step);
        assertThat(state).isEqualTo(STATES.size() - 1);
        assertThat(step).isGreaterThan(50);
    }

    // ---- all of them, at random

    /// Counts in a key.
    private final class Counting extends Doomed {
        private final SharedCounter begunThere = space.counter("begun");
        private final SharedCounter done = space.counter("done");
        private long begun;

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
                begun++;
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
        long seed = Long.getLong("sluice.seed", new Random().nextLong());
        String replay = "with -Dsluice.seed=" + seed;
        Random random = new Random(seed);
        Namespace namespace = space.namespace("n", OPTIONS);
        SharedCounter begunThere = space.counter("begun");
        var java = new Counting(seed + 1);
        List<Python> pythons = new ArrayList<>();
        try (Namespace.Watch watch = namespace.watch("")) {
            java.start();
            pythons.add(counting());
            pythons.add(counting());
            for (int kill = 0; kill < KILLS; kill++) {
                long until = begunThere.get() + 10 + random.nextInt(60);
                within(() -> begunThere.awaitAtLeast(until));
                int which = random.nextInt(pythons.size());
                pythons.get(which).close();
                pythons.set(which, counting());
            }
            java.end();
            java.join();
            pythons.forEach(Python::kill);
            tend(words(namespace));
            assertThat(java.wrong()).as(replay).isNull();
            assertThat(java.deaths()).as(replay).isPositive();
            assertThat((long) namespace.get("count", Integer.class).orElse(0))
                    .as(replay)
                    .isBetween(space.counter("done").get(), begunThere.get() + java.begun);
            assertThat(words(namespace).table().violation()).as(replay).isEmpty();
            Map<String, Long> listed = new HashMap<>();
            namespace.list("").forEach(entry -> listed.put(entry.key(), entry.version()));
            assertThat(seen(watch)).as(replay).isEqualTo(listed);
            assertThat(listed).as(replay).doesNotContainKeys("own python", "own java");
        } finally {
            java.end();
            java.join();
            for (Python each : pythons) {
                each.close();
            }
        }
    }

    private Python counting() throws IOException {
        var made = new Python(address);
        assertThat(made.run("n, b, d = space.namespace('n'), space.counter('begun'), space.counter('done')"))
                .isEqualTo("ok None");
        made.begin("while True: b.add(); n.update('count', 0, lambda c: c + 1); d.add();"
                + " n.put('key', 1); n.remove('key'); n.put('own python', 1, ephemeral=True)");
        return made;
    }
}

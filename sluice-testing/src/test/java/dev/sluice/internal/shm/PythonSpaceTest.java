package dev.sluice.internal.shm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channel.Received;
import dev.sluice.codec.Cbor;
import dev.sluice.codec.Codec;
import dev.sluice.internal.linux.Signals;
import dev.sluice.space.Array;
import dev.sluice.space.Lease;
import dev.sluice.space.Pipe;
import dev.sluice.space.Queue;
import dev.sluice.space.SpaceException;
import dev.sluice.space.Value;
import dev.sluice.space.sync.SharedLock;
import dev.sluice.sync.Hold;
import dev.sluice.task.Deadline;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The Java end and the Python end of one space, each written from the same page, and killed by turns.
@Tag("no-loop")
@Timeout(180)
class PythonSpaceTest extends PythonPeer {
    // ---- together

    @Test
    void theTestsOfThePythonEndPass() throws Exception {
        Process tests = new ProcessBuilder("python3", "-B", "-m", "unittest", "discover", "-s", "tests")
                .directory(Python.CLIENT.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(tests.getInputStream().readAllBytes(), UTF_8);
        assertThat(tests.waitFor()).as(said).isZero();
    }

    record Line(String article, long count, double price) {}

    record Everything(
            long id, Optional<String> note, List<Line> lines, Map<String, Long> stock, BigInteger large, UUID key) {}

    @Test
    void valuesComeBackAsTheyWere() throws Exception {
        var sent = new Everything(
                Long.MIN_VALUE,
                Optional.of("über"),
                List.of(new Line("tea", 2, 1.1), new Line("", -1, Double.NEGATIVE_INFINITY)),
                Map.of("a", 24L, "b", 1L << 40),
                BigInteger.TWO.pow(70).negate(),
                new UUID(1, 2));
        try (Pipe<Everything> pipe = space.pipe("echo", Everything.class)) {
            say("p = space.pipe('echo')");
            pipe.send(sent);
            assertThat(python.run("(m := p.receive(60))['lines'][0]['price'], m['stock'], m['large']"))
                    .isEqualTo("ok (1.1, {'a': 24, 'b': 1099511627776}, -1180591620717411303424)");
            say("p.send(m)");
            within(() -> assertThat(pipe.receive()).isEqualTo(sent));
        }
    }

    @Test
    void workGoesThereAndBack() throws Exception {
        Queue<Long> in = space.queue("in", Long.class);
        Queue<Long> out = space.queue("out", Long.class);
        say("i, o = space.queue('in'), space.queue('out')");
        python.begin("for lease in i: o.put(lease.item ** 2); lease.done()");
        within(() -> {
            for (long number = 0; number < 3000; number++) {
                in.put(number);
                assertTaken(out, number * number);
            }
            in.finish();
        });
        assertThat(python.answer()).isEqualTo("ok None");
        assertThat(in.statistics().totals().done()).isEqualTo(3000);
    }

    private static void assertTaken(Queue<Long> queue, long expected) {
        try (Lease<Long> lease = queue.take()) {
            assertThat(lease.item()).isEqualTo(expected);
            lease.done();
        }
    }

    @Test
    void bothEndsWaitForRoomAndMoreOfAPipe() throws Exception {
        try (Pipe<byte[]> pipe = space.pipe("p", Codec.raw(), new Pipe.Options(1 << 12))) {
            say("p = space.pipe('p', codec=sluice.raw)");
            python.begin("[p.send(m[::-1]) for m in p] and p.finish()");
            Random random = new Random(1);
            within(() -> {
                for (int i = 0; i < 2000; i++) {
                    byte[] message = new byte[random.nextInt(1 << 10)];
                    random.nextBytes(message);
                    pipe.send(message);
                    assertThat(pipe.receive()).isEqualTo(reversed(message));
                }
                pipe.finish();
            });
            assertThat(python.answer()).startsWith("ok");
            within(() -> assertThat(pipe.receiveOrEnd()).isInstanceOf(Received.Done.class));
        }
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] back = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            back[i] = bytes[bytes.length - 1 - i];
        }
        return back;
    }

    @Test
    void smallObjectsAreTheSame() throws Exception {
        Value<Line> value = space.value("v", Line.class, new Line("tea", 1, 0.5));
        assertThat(python.run("space.value('v', None).read()"))
                .isEqualTo("ok Versioned(value={'count': 1, 'price': 0.5, 'article': 'tea'}, version=1)");
        python.begin("(c := space.counter('c')).await_at_least(5, 60)");
        space.counter("c").add(7);
        assertThat(python.answer()).isEqualTo("ok 7");
        python.begin("space.event('e').wait(60)");
        space.event("e").set();
        assertThat(python.answer()).isEqualTo("ok True");
        assertThat(python.run("space.value('v', None).set({'article': 'rice', 'count': 2, 'price': 3})"))
                .isEqualTo("ok 2");
        within(() -> assertThat(value.await(line -> line.count() == 2)).isEqualTo(new Line("rice", 2, 3.0)));
        python.begin("space.value('v', None).await_change(2, 60).value['count']");
        value.update(line -> new Line(line.article(), line.count() + 1, line.price()));
        assertThat(python.answer()).isEqualTo("ok 3");
        Array array = space.array("a", 4);
        array.set(1, -2);
        assertThat(python.run("space.array('a', 4).add(1, 5)")).isEqualTo("ok 3");
        assertThat(python.run("space.array('a', 5)")).startsWith("error SpaceError MISMATCH");
        assertThat(python.run("space.queue('a')")).startsWith("error SpaceError MISMATCH");
        assertThat(python.run("space.list()[0]")).isEqualTo("ok Item(name='a', kind='array')");
    }

    @Test
    void aFileThatPythonMadeIsOneOfOurs() throws Exception {
        say("q = space.queue('q', sluice.QueueOptions(capacity=3, item_bytes=100, levels=2, deliveries=7))");
        assertThat(space.queue("q", String.class).options()).isEqualTo(new Queue.Options(3, 100, 2, 7));
        say("v = space.value('v', 'first')");
        assertThat(space.value("v", String.class, "second").get()).isEqualTo("first");
        assertThat(python.run("space.pipe('p', 2048).bytes")).isEqualTo("ok 2048");
        try (Pipe<String> pipe = space.pipe("p", String.class)) {
            assertThat(pipe.connected()).isTrue();
        }
        assertThat(python.run("space.lock('l').acquire(1).fence")).isEqualTo("ok 1");
        assertThat(python.run("space.semaphore('s', 2).permits")).isEqualTo("ok 2");
        assertThat(space.semaphore("s", 2).permits()).isEqualTo(2);
        assertThatThrownBy(() -> space.event("l")).isInstanceOf(SpaceException.class);
    }

    // ---- Python is killed

    @Test
    void whatAKilledPythonHadGoesToJava() throws Exception {
        Queue<String> queue = space.queue("q", String.class);
        Pipe<String> pipe = space.pipe("p", String.class);
        queue.put("work");
        say("l = space.queue('q').take(60)");
        say("h, s, p = space.lock('l').acquire(60), space.semaphore('s', 1).acquire(60), space.pipe('p')");
        say("p.send('last')");
        assertThat(space.lock("l").tryAcquire()).isEmpty();
        python.kill();
        within(() -> {
            try (Lease<String> lease = queue.take();
                    SharedLock.Held held = space.lock("l").acquire();
                    Hold permit = space.semaphore("s", 1).acquire()) {
                assertThat(lease.delivery()).isEqualTo(2);
                assertThat(held.recovered()).isTrue();
                assertThat(permit).isNotNull();
            }
            assertThat(pipe.receive()).isEqualTo("last");
            assertThat(pipe.receiveOrEnd()).isInstanceOf(Received.Failed.class);
        });
        pipe.close();
    }

    private static final Map<String, String> LIVES = Map.of(
            "q", "[(q := s.queue('q')).put('mine'), q.take(9).done(), q.take(9).close(), q.put('more')]",
            "p", "[(p := s.pipe('p')).send('one'), p.receive(9), p.send('two'), p.close()]",
            "v", "[(v := s.value('v', 0)).set(11111), v.set(22222)]",
            "w",
                    "[(l := s.lock('w').acquire(9)), s.counter('n').add(1), l.close(), s.semaphore('m', 1).acquire(9).close()]");

    @Test
    void aPythonThatIsKilledAtEachStepHoldsUpNobody() throws Exception {
        for (String object : LIVES.keySet()) {
            int step = 1;
            String answer;
            do {
                prepare(object);
                answer = python.run("killed(%d, lambda s: %s)".formatted(step, LIVES.get(object)));
                assertThat(answer).isIn("ok True", "ok False");
                String what = object + " at step " + step;
                within(() -> survive(object, what));
                step++;
            } while (answer.equals("ok True"));
            assertThat(step).as(object).isGreaterThan(10);
        }
    }

    private Pipe<String> held;

    private void prepare(String object) {
        switch (object) {
            case "q" -> queue().put("other");
            case "p" -> {
                held = space.pipe("p", String.class);
                held.send("for it");
            }
            default -> {}
        }
    }

    private Queue<String> queue() {
        return space.queue(
                "q",
                Cbor.of(String.class),
                Queue.Options.defaults().withCapacity(4).withDeliveries(0));
    }

    private void survive(String object, String what) throws IOException {
        switch (object) {
            case "q" -> {
                Queue<String> queue = queue();
                Set<String> got = new TreeSet<>();
                queue.put("still");
                while (!got.contains("still")) {
                    try (Lease<String> lease = queue.take()) {
                        got.add(lease.item());
                        lease.done();
                    }
                }
                do {
                    while (queue.tryTake() instanceof Received.Value<Lease<String>>(Lease<String> lease)) {
                        got.add(lease.item());
                        lease.done();
                    }
                } while (!Deadline.after(ofMillis(200)).tryRun(queue::join)); // what it held has come back by then
                for (int i = 0; i < 4; i++) {
                    queue.put("as many as there is room for");
                }
                for (int i = 0; i < 4; i++) {
                    queue.take().done();
                }
                queue.join();
                assertThat(got).as(what).isSubsetOf("other", "mine", "more", "still");
            }
            case "p" -> {
                // If it has never come so far as to take its end, somebody else does.
                assertThat(python.run("space.pipe('p').close()")).matches("ok None|error SpaceError BUSY .*");
                List<String> got = new ArrayList<>();
                Received<String> last = held.receiveOrEnd();
                for (; last instanceof Received.Value<String>(String message); last = held.receiveOrEnd()) {
                    got.add(message);
                }
                assertThat(List.of("one", "two").subList(0, got.size()))
                        .as(what)
                        .isEqualTo(got);
                held.close();
            }
            case "v" -> {
                Value<Integer> value = space.value("v", Integer.class, 0);
                assertThat(value.get()).as(what).isIn(0, 11111, 22222);
                value.set(0);
            }
            default -> {
                try (SharedLock.Held lock = space.lock("w").acquire();
                        Hold permit = space.semaphore("m", 1).acquire()) {
                    assertThat(permit).isNotNull();
                    lock.repaired();
                }
            }
        }
    }

    @Test
    void workOfPythonsThatAreKilledAtRandomIsNotLost() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Queue<Long> in = space.queue("in", Long.class);
        Queue<Long> out = space.queue("out", Long.class);
        List<Python> workers = new ArrayList<>(List.of(new Python(address), new Python(address)));
        try {
            for (Python worker : workers) {
                begin(worker);
            }
            Set<Long> got = new TreeSet<>();
            for (long number = 0; number < 4000; number++) {
                in.put(number);
                if (number % 400 == 399) {
                    int which = random.nextInt(2);
                    workers.get(which).kill();
                    workers.get(which).close();
                    workers.set(which, new Python(address));
                    begin(workers.get(which));
                }
                while (out.tryTake() instanceof Received.Value<Lease<Long>>(Lease<Long> lease)) {
                    got.add(lease.item());
                    lease.done();
                }
            }
            within(() -> {
                while (got.size() < 4000) {
                    try (Lease<Long> lease = out.take()) {
                        got.add(lease.item());
                        lease.done();
                    }
                }
            });
            assertThat(got).as("seed %d", seed).contains(0L, 3999L);
        } finally {
            for (Python worker : workers) {
                worker.close();
            }
        }
    }

    private static void begin(Python worker) throws IOException {
        assertThat(worker.run("i, o = space.queue('in'), space.queue('out')")).isEqualTo("ok None");
        worker.begin("[l.done() for l in i if not o.put(l.item)]");
    }

    // ---- Java is killed

    @Test
    void whatAKilledJavaHadGoesToPython() throws Exception {
        Queue<String> queue = Victim.queue(space, "in");
        say("q = space.queue('in', codec=sluice.utf8)");
        for (String label :
                List.of("put.claim", "put.write", "put.commit", "take.leased", "done.free", "return.return")) {
            queue.put("mine");
            Process victim = Victim.start("life", address, label, Signals.SIGKILL);
            try {
                assertThat(victim.waitFor(60, TimeUnit.SECONDS)).as(label).isTrue();
                assertThat(victim.exitValue()).as(label).isEqualTo(128 + Signals.SIGKILL);
            } finally {
                victim.destroyForcibly();
            }
            say("q.put('still', timeout=60)");
            say("got = set()");
            say("while 'mine' not in got: l = q.take(60); got.add(l.item); l.done()");
            say("while (l := q.try_take()): l.done()");
            say("q.join(60)");
        }
    }

    @Test
    void theLockAndTheValueOfAKilledJavaAreWhole() throws Exception {
        Value<WordsVictim.Twice> value = WordsVictim.value(space);
        Process victim = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WordsVictim.class.getName(),
                        address)
                .inheritIO()
                .start();
        try {
            assertThat(python.run("space.counter('written').await_at_least(1000, 60) >= 1000"))
                    .isEqualTo("ok True");
            assertThat(python.run("space.lock('lock').try_acquire()")).isEqualTo("ok None");
            victim.destroyForcibly().waitFor();
            assertThat(python.run("(h := space.lock('lock').acquire(60)).recovered"))
                    .isEqualTo("ok True");
            say("h.repaired()");
            say("p = [space.semaphore('permits', 2).acquire(60) for _ in range(2)]");
            assertThat(python.run("(v := space.value('value', None).get())['one'] == v['same']"))
                    .isEqualTo("ok True");
            assertThat(value.get().isWhole()).isTrue();
        } finally {
            victim.destroyForcibly();
        }
    }
}

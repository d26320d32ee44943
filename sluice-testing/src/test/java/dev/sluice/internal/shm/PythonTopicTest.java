package dev.sluice.internal.shm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.channel.Broadcast.Lag;
import dev.sluice.channel.Received;
import dev.sluice.codec.Cbor;
import dev.sluice.space.Space;
import dev.sluice.space.SpaceException;
import dev.sluice.space.Topic;
import dev.sluice.space.sync.SharedCounter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The Java end and the Python end of topics, each written from the same page, and killed by turns.
@Tag("no-loop")
@Timeout(300)
class PythonTopicTest extends PythonPeer {
    private static final Topic.Options OPTIONS =
            Topic.Options.defaults().withCapacity(4).withItemBytes(40);
    private static final int KILLS = Integer.getInteger("sluice.kills.python", 4);

    private static Topic<String> topic(Space space, String name) {
        return space.topic(name, Cbor.of(String.class), OPTIONS);
    }

    private static TopicWords words(Topic<String> topic) {
        return ((ShmTopic<String>) topic).words();
    }

    /// Looks after the dead, as its thread does every 100 ms.
    private static String violation(Topic<String> topic) {
        TopicWords words = words(topic);
        words.file().tend(words::doChores, 0);
        return words.table().violation();
    }

    private static List<String> rest(Topic.Subscription<String> subscription) {
        List<String> messages = new ArrayList<>();
        while (subscription.tryReceive() instanceof Received.Value<String>(String message)) {
            messages.add(message);
        }
        return messages;
    }

    @Test
    void eachGetsWhatBothPublish() throws Exception {
        say("t = space.topic('t', sluice.TopicOptions(capacity=4, item_bytes=40))");
        Topic<String> topic = topic(space, "t");
        assertThat(topic.options()).isEqualTo(OPTIONS);
        say("own, lazy = t.subscribe(sluice.Lag.WAIT), t.subscribe(sluice.Lag.DROP_OLDEST)");
        try (Topic.Subscription<String> subscription = topic.subscribe(Lag.WAIT)) {
            python.begin("[own.receive(60) for _ in range(1000)] == [f'm{i}' for i in range(1000)]");
            within(() -> {
                for (int i = 0; i < 1000; i++) {
                    topic.publish("m" + i);
                    assertThat(subscription.receive()).isEqualTo("m" + i);
                }
            });
            assertThat(python.answer()).isEqualTo("ok True");
            say("own.close()");
            python.begin("for i in range(1000): t.publish(f'p{i}', 60)");
            within(() -> {
                for (int i = 0; i < 1000; i++) {
                    assertThat(subscription.receive()).isEqualTo("p" + i);
                }
            });
            assertThat(python.answer()).isEqualTo("ok None");
            assertThat(python.run("lazy.receive(), lazy.dropped")).isEqualTo("ok ('p996', 1996)");
            assertThat(python.run("t.finish()")).isEqualTo("ok True");
            within(() -> assertThat(subscription.receiveOrEnd()).isInstanceOf(Received.Done.class));
        }
        assertThat(python.run("[m for m in lazy]")).isEqualTo("ok ['p997', 'p998', 'p999']");
        assertThatExceptionOfType(SpaceException.class).isThrownBy(() -> topic.publish("late"));
        assertThat(violation(topic)).isEmpty();
    }

    // ---- one of them is killed at each step

    private static final List<String> MESSAGES = List.of("m0", "m1", "m2");

    @Test
    void aPythonThatIsKilledAtEachStepHoldsUpNobody() throws Exception {
        int step = 0;
        String answer;
        do {
            step++;
            String name = "t" + step;
            String what = "killed at step " + step;
            try (Space survivor = Space.open(address)) {
                Topic<String> topic = topic(survivor, name);
                Topic.Subscription<String> own = topic.subscribe(Lag.WAIT);
                answer = python.run("killed(" + step + ", lambda s: [(t := s.topic('" + name
                        + "')), (own := t.subscribe(sluice.Lag.WAIT)), t.publish('m0', 60), t.publish('m1', 60),"
                        + " t.publish('m2', 60), own.receive(60), own.close(), t.subscribe(sluice.Lag.WAIT)])");
                assertThat(answer).as(what).isIn("ok True", "ok False");
                List<String> got = rest(own);
                assertThat(MESSAGES.subList(0, got.size())).as(what).isEqualTo(got);
                assertThat(violation(topic)).as(what).isEmpty();
                within(() -> {
                    for (int i = 0; i < 10; i++) { // nobody waits for the dead one
                        topic.publish("s" + i);
                        assertThat(rest(own)).as(what).containsExactly("s" + i);
                    }
                });
                assertThat(violation(topic)).as(what).isEmpty();
                survivor.remove(name);
            }
        } while (answer.equals("ok True"));
        assertThat(step).isGreaterThan(30);
    }

    @Test
    void aJavaThatIsKilledAtEachStepHoldsUpNobody() throws Exception {
        int step = 0;
        List<String> passed;
        do {
            String name = "t" + step;
            say("t = space.topic('" + name + "', sluice.TopicOptions(4, 40)); own = t.subscribe(sluice.Lag.WAIT)");
            say("rest = lambda: list(iter(own.try_receive, None))");
            ShmSpace victim = (ShmSpace) Space.open(address);
            Topic<String> mortal = topic(victim, name);
            passed = Killed.before(step, () -> live(mortal));
            victim.abandon();
            String what = "killed after " + passed;
            say("t._tend()"); // as it does every 100 ms in which it is used
            assertThat(python.run("(got := rest()) == ['m0', 'm1', 'm2'][:len(got)]"))
                    .as(what)
                    .isEqualTo("ok True");
            assertThat(python.run("[(t.publish(i, 60), rest())[1] for i in range(10)] == [[i] for i in range(10)]"))
                    .as(what)
                    .isEqualTo("ok True");
            try (Space later = Space.open(address)) {
                assertThat(violation(topic(later, name))).as(what).isEmpty();
            }
            say("space.remove('" + name + "'); own.close(); t.close()");
            step++;
        } while (passed.size() == step);
        assertThat(step).isGreaterThan(30);
    }

    private static void live(Topic<String> topic) {
        Topic.Subscription<String> slow = topic.subscribe(Lag.WAIT);
        MESSAGES.forEach(topic::publish);
        slow.receive();
        slow.close();
        topic.subscribe(Lag.WAIT); // and does not receive
    }

    // ---- all of them, at random

    /// Publishes numbers, and receives what all publish.
    private final class Publishing extends Doomed {
        private final SharedCounter done = space.counter("done");
        private long lives;

        Publishing(long seed) {
            super(address, seed);
        }

        @Override
        void open(Space victim) {
            assertThat(topic(victim, "t").options()).isEqualTo(OPTIONS);
        }

        @Override
        void live(Space victim) {
            lives++;
            Topic<String> topic = topic(victim, "t");
            Topic.Subscription<String> own = topic.subscribe(Lag.WAIT);
            for (int number = 0; !isOver(); ) { // nobody waits in a publish: all are waited for by all
                if (topic.tryPublish("java " + lives + ":" + number)) {
                    number++;
                    done.add(1);
                } else {
                    rest(own::receive);
                }
                while (own.tryReceive() instanceof Received.Value<String>) {}
            }
        }
    }

    /// Pythons are killed at random times, and a Java at random steps; who stays gets what each has published.
    @Test
    void noMessageIsLostOrTornWhenAllAreKilledAtRandom() throws Exception {
        long seed = Long.getLong("sluice.seed", new Random().nextLong());
        String replay = "with -Dsluice.seed=" + seed;
        Random random = new Random(seed);
        Topic<String> topic = topic(space, "t");
        var java = new Publishing(seed + 1);
        List<Python> pythons = new ArrayList<>();
        List<String> got = new ArrayList<>();
        try (Topic.Subscription<String> own = topic.subscribe(Lag.WAIT)) {
            java.start();
            pythons.add(publishing("a"));
            pythons.add(publishing("b"));
            for (int kill = 0; kill < KILLS; kill++) {
                int more = 30 + random.nextInt(60);
                within(() -> {
                    for (int i = 0; i < more; i++) {
                        got.add(own.receive());
                    }
                });
                int which = random.nextInt(pythons.size());
                pythons.get(which).close();
                pythons.set(which, publishing("python" + kill));
            }
            pythons.forEach(Python::kill);
            java.end();
            java.join();
            assertThat(java.wrong()).as(replay).isNull();
            assertThat(java.deaths()).as(replay).isPositive();
            assertThat(violation(topic)).as(replay).isEmpty();
            got.addAll(rest(own));
            Map<String, Integer> next = new HashMap<>();
            for (String message : got) {
                List<String> parts = List.of(message.split(":", -1));
                int expected = next.merge(parts.getFirst(), 1, Integer::sum) - 1;
                assertThat(parts.getLast()).as("%s, %s", message, replay).isEqualTo(String.valueOf(expected));
            }
            assertThat((long) got.size())
                    .as(replay)
                    .isGreaterThanOrEqualTo(space.counter("done").get());
            topic.publish("nobody is waited for");
            assertThat(rest(own)).as(replay).containsExactly("nobody is waited for");
        } finally {
            java.end();
            java.join();
            for (Python each : pythons) {
                each.close();
            }
        }
    }

    private Python publishing(String name) throws IOException {
        var made = new Python(address);
        assertThat(made.run("t, d, i = space.topic('t'), space.counter('done'), 0"))
                .isEqualTo("ok None");
        assertThat(made.run("own = t.subscribe(sluice.Lag.WAIT)")).isEqualTo("ok None");
        made.begin("while True: i += t.try_publish(f'" + name
                + ":{i}') and d.add() > 0; list(iter(own.try_receive, None))");
        return made;
    }
}

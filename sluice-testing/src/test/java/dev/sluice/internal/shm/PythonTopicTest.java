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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
        killPythonAtEachStep(
                30,
                "[(t := s.topic('%s')), (own := t.subscribe(sluice.Lag.WAIT)), t.publish('m0', 60),"
                        + " t.publish('m1', 60), t.publish('m2', 60), own.receive(60), own.close(),"
                        + " t.subscribe(sluice.Lag.WAIT)]",
                (survivors, object) -> {
                    Topic<String> topic = topic(survivors, object);
                    Topic.Subscription<String> own = topic.subscribe(Lag.WAIT);
                    return what -> survive(topic, own, what);
                });
    }

    private static void survive(Topic<String> topic, Topic.Subscription<String> own, String what) {
        List<String> got = rest(own);
        assertThat(MESSAGES.subList(0, got.size())).as(what).isEqualTo(got);
        assertThat(violation(topic)).as(what).isEmpty();
        for (int i = 0; i < 10; i++) { // nobody waits for the dead one
            topic.publish("s" + i);
            assertThat(rest(own)).as(what).containsExactly("s" + i);
        }
        assertThat(violation(topic)).as(what).isEmpty();
    }

    @Test
    void aJavaThatIsKilledAtEachStepHoldsUpNobody() throws Exception {
        killJavaAtEachStep(
                30,
                (victim, object) -> {
                    Topic<String> topic = topic(victim, object);
                    return () -> live(topic);
                },
                (survivors, object) -> {
                    say("t = space.topic('" + object + "', sluice.TopicOptions(4, 40))");
                    say("own = t.subscribe(sluice.Lag.WAIT); rest = lambda: list(iter(own.try_receive, None))");
                    return what -> {
                        say("t._tend()"); // as it does every 100 ms in which it is used
                        check(what, "(got := rest()) == ['m0', 'm1', 'm2'][:len(got)]");
                        check(what, "[(t.publish(i, 60), rest())[1] for i in range(10)] == [[i] for i in range(10)]");
                        try (Space later = Space.open(address)) {
                            assertThat(violation(topic(later, object))).as(what).isEmpty();
                        }
                        say("own.close(); t.close()");
                    };
                });
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

    private static final List<String> PUBLISH = List.of(
            "t, d, i = space.topic('t'), space.counter('done'), 0",
            "own = t.subscribe(sluice.Lag.WAIT)",
            "while True: i += t.try_publish(f'%s:{i}') and d.add() > 0; list(iter(own.try_receive, None))");

    /// Pythons are killed at random times, and a Java at random steps; who stays gets what each has published.
    @Test
    void noMessageIsLostOrTornWhenAllAreKilledAtRandom() throws Exception {
        Topic<String> topic = topic(space, "t");
        List<String> got = new ArrayList<>();
        try (Topic.Subscription<String> own = topic.subscribe(Lag.WAIT)) {
            String replay = killAtRandom(KILLS, Publishing::new, PUBLISH, chance -> {
                for (int more = 30 + chance.nextInt(60); more > 0; more--) {
                    got.add(own.receive());
                }
            });
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
        }
    }
}

package dev.sluice.internal.shm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.internal.shm.SharedQueue.Put;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A participant dies before each step of all that it does with a queue. The others go on at once: all that was
/// handed over is delivered, nothing that was not, and nothing of the dead is left.
@Timeout(120)
class KillAtEachStepTest {
    private static final QueueOptions OPTIONS = new QueueOptions(4, 20, 1, 3);

    @RegisterExtension
    final Shared shared = new Shared();

    private final Set<String> labels = new TreeSet<>();

    private SharedQueue open(String name, QueueOptions options) throws IOException {
        return SharedQueue.open(shared.directory(), name, options);
    }

    private static boolean put(SharedQueue queue, String text) {
        byte[] item = text.getBytes(StandardCharsets.UTF_8);
        return queue.tryPut(item, item.length, 0) == Put.DONE;
    }

    private static String text(SharedQueue queue, long slot) {
        return new String(queue.slots().item(slot), StandardCharsets.UTF_8);
    }

    /// What the victim does, and what is known of its items.
    private static final class Life {
        final Set<String> handedOver = new HashSet<>();
        final Set<String> done = new HashSet<>();
        final Set<String> begun = new HashSet<>();
        private final SharedQueue queue;
        private final List<SharedQueue> opened;

        Life(SharedQueue queue, List<SharedQueue> opened) {
            this.queue = queue;
            this.opened = opened;
        }

        void put(String text) {
            begun.add(text);
            if (KillAtEachStepTest.put(queue, text)) {
                handedOver.add(text);
            }
        }

        void takeAndDone() {
            long slot = queue.tryTake();
            if (slot != SharedQueue.NONE) {
                String text = text(queue, slot);
                done.add(text); // from here on it may be
                queue.tryDone(slot);
            }
        }

        void takeAndReturn(long delay) {
            long slot = queue.tryTake();
            if (slot != SharedQueue.NONE) {
                queue.tryGiveBack(slot, delay);
            }
        }
    }

    private void killEverywhere(String scenario, QueueOptions options, Scenario script) throws Exception {
        for (int step = 0; ; step++) {
            String name = scenario + step;
            Life[] life = new Life[1];
            List<String> before = script.prepare(name);
            List<String> passed = Killed.at(step, opened -> {
                SharedQueue queue = open(name, options);
                opened.add(queue);
                life[0] = new Life(queue, opened);
                script.live(life[0]);
                queue.close();
            });
            survive(name + " killed at " + passed, options, life[0], before);
            labels.addAll(passed);
            if (passed.size() <= step) {
                return;
            }
        }
    }

    /// What happens on a queue.
    private interface Scenario {
        /// Before the victim opens it.
        ///
        /// @return the items that are in it
        @SuppressWarnings("UnusedVariable") // for those who prepare something
        default List<String> prepare(String name) throws Exception {
            return List.of();
        }

        void live(Life life) throws Exception;
    }

    private void survive(String what, QueueOptions options, Life life, List<String> before) throws IOException {
        try (SharedQueue queue = open(what.substring(0, what.indexOf(' ')), options)) {
            queue.graveyard((item, level) -> false);
            assertThat(put(queue, "mine")).as(what).isTrue();
            List<String> got = new ArrayList<>();
            long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
            while (!queue.slots().isDone()) {
                assertThat(System.nanoTime() - end)
                        .as(what + ": " + queue.read())
                        .isNegative();
                queue.doChores(); // as its thread does every 100 ms
                long slot = queue.tryTake();
                if (slot != SharedQueue.NONE) {
                    got.add(text(queue, slot));
                    assertThat(queue.tryDone(slot)).as(what).isTrue();
                }
            }
            Set<String> expected = new HashSet<>(before);
            Set<String> possible = new HashSet<>(before);
            possible.add("mine");
            expected.add("mine");
            if (life != null) {
                expected.addAll(life.handedOver);
                expected.removeAll(life.done);
                possible.addAll(life.begun);
            }
            assertThat(got)
                    .as(what)
                    .doesNotHaveDuplicates()
                    .containsAll(expected)
                    .isSubsetOf(possible);
            assertThat(queue.slots().violation()).as(what).isEmpty();
            assertThat(queue.read().items()).as(what).isEqualTo(new Slots.Census(0, 0, 0, 0, 0));
            queue.join();
            for (int i = 0; i < options.capacity(); i++) {
                assertThat(put(queue, "room " + i)).as(what).isTrue();
            }
            assertThat(put(queue, "too much")).as(what).isFalse();
            assertThat(queue.file().participants().living()).as(what).hasSize(1);
        } finally {
            shared.directory().remove(what.substring(0, what.indexOf(' ')));
        }
    }

    @Test
    void ofWhoMakesItAndPutsAndTakes() throws Exception {
        killEverywhere("make", OPTIONS, life -> {
            life.put("a");
            life.put("b");
            life.takeAndDone();
            life.takeAndReturn(0);
            life.put("c");
            life.takeAndDone();
        });
        assertThat(labels)
                .contains(
                        "create.opened",
                        "create.reserved",
                        "create.filled",
                        "create.linked",
                        "join.locked",
                        "join.joining",
                        "join.written",
                        "put.claim",
                        "put.advance",
                        "put.write",
                        "put.commit",
                        "put.committed",
                        "take.lease",
                        "take.leased",
                        "take.counted",
                        "done.free",
                        "done.freed",
                        "return.return",
                        "return.returned",
                        "leave.free");
    }

    @Test
    void ofWhoMeetsLeasesAndWaiters() throws Exception {
        killEverywhere("meet", OPTIONS, new Scenario() {
            @Override
            public void live(Life life) throws Exception {
                SharedQueue queue = life.queue;
                life.put("a");
                long held = queue.tryTake();
                queue.file().memory().putInt(queue.file().body() + 256, 1); // somebody waits for items
                queue.file().memory().putInt(queue.file().body() + 384, 1); // and for room
                for (int i = 0; i < 12; i++) {
                    life.put("b" + i); // steps over what is held
                    life.takeAndDone();
                }
                life.done.add("a");
                queue.tryDone(held);
            }
        });
        assertThat(labels).contains("put.stepOver", "ring.clear", "ring.wake");
    }

    @Test
    void ofWhoCleansUpBehindOthers() throws Exception {
        killEverywhere("clean", OPTIONS, new Scenario() {
            @Override
            public List<String> prepare(String name) throws Exception {
                SharedQueue dead = open(name, OPTIONS);
                put(dead, "left");
                dead.tryTake();
                dead.abandon();
                Killed.Script inTheMiddleOfPutting = opened -> {
                    SharedQueue queue = open(name, OPTIONS);
                    opened.add(queue);
                    put(queue, "never");
                };
                List<String> all = Killed.at(Integer.MAX_VALUE - 1, inTheMiddleOfPutting);
                shared.directory().remove(name);
                SharedQueue again = open(name, OPTIONS);
                put(again, "left");
                again.tryTake();
                again.abandon();
                Killed.at(all.indexOf("put.commit"), opened -> {
                    SharedQueue queue = open(name, OPTIONS);
                    opened.add(queue);
                    put(queue, "never");
                });
                return List.of("left");
            }

            @Override
            public void live(Life life) {
                life.queue.doChores();
                life.put("b");
                life.takeAndDone();
                life.takeAndDone();
            }
        });
        assertThat(labels).contains("sweep.marked", "sweep.released", "sweep.free");
    }

    /// Another one has died in the middle of a put, and nobody has looked after it yet.
    private void behindADeadProducer(Life life, QueueOptions options, Runnable then) {
        life.queue
                .file()
                .tend(
                        () -> { // the thread that would look after it keeps out
                            String path = life.queue.file().path();
                            try {
                                SharedQueue dead = open(path.substring(path.lastIndexOf('/') + 1), options);
                                life.opened.add(dead);
                                dead.ring.claim();
                                dead.abandon();
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                            then.run();
                            return 0;
                        },
                        0);
    }

    @Test
    void ofWhoMeetsOneThatDiedPutting() throws Exception {
        killEverywhere(
                "take",
                OPTIONS,
                life -> behindADeadProducer(life, OPTIONS, () -> {
                    life.put("a");
                    life.takeAndDone();
                }));
        QueueOptions urgent = new QueueOptions(4, 20, 2, 3);
        killEverywhere(
                "put",
                urgent,
                life -> behindADeadProducer(life, urgent, () -> {
                    for (int i = 0; i < 6; i++) {
                        life.put("b" + i);
                        life.takeAndDone();
                    }
                }));
        assertThat(labels).contains("take.freeDead", "put.freeDead");
    }

    @Test
    void ofWhoGivesUpAPut() throws Exception {
        killEverywhere("withdraw", OPTIONS, life -> {
            life.queue.ring.withdraw(life.queue.ring.claim());
            life.put("a");
        });
        assertThat(labels).contains("put.withdraw");
    }

    @Test
    void ofWhoBuriesWhatKilledOthers() throws Exception {
        killEverywhere("bury", new QueueOptions(4, 20, 1, 1), new Scenario() {
            @Override
            public List<String> prepare(String name) throws Exception {
                SharedQueue dead = open(name, new QueueOptions(4, 20, 1, 1));
                put(dead, "bad");
                dead.tryTake();
                dead.abandon();
                return List.of("bad");
            }

            @Override
            public void live(Life life) {
                life.queue.graveyard((item, level) -> {
                    Steps.at("bury.buried");
                    return false; // no room there: it comes back
                });
                life.queue.doChores();
                life.takeAndReturn(0);
            }
        });
        assertThat(labels).contains("poison.lease", "bury.buried");
    }

    @Test
    void ofWhoWasStoppedAndOfWhoPassesIt() throws Exception {
        SharedQueue stopped = open("stall", OPTIONS);
        try (SharedQueue queue = open("stall", OPTIONS)) {
            Ring ring = stopped.ring;
            long position = ring.claim();
            assertThat(put(queue, "behind")).isTrue();
            assertThat(queue.tryTake()).isEqualTo(SharedQueue.NONE);
            assertThat(ring.pending()).isNotZero();
            assertThat(queue.ring.stall(ring.pending())).isTrue();
            long slot = queue.tryTake();
            assertThat(text(queue, slot)).isEqualTo("behind");
            queue.tryDone(slot);
            for (int i = 0; i < 10; i++) {
                assertThat(put(queue, "again " + i)).isTrue();
                queue.tryDone(queue.tryTake());
            }
            byte[] item = {'x'};
            stopped.slots().write(ring.slot(position), item, 1, 0, position);
            assertThat(ring.commit(position)).as("it has to put again").isFalse();
            assertThat(put(stopped, "late")).isTrue();
            slot = queue.tryTake();
            assertThat(text(queue, slot)).isEqualTo("late");
            queue.tryDone(slot);
            ring.claim();
            assertThat(queue.ring.stall(ring.pending())).isTrue();
            stopped.abandon(); // and is killed before it goes on
            queue.file().tend(queue::doChores, 0);
            assertThat(queue.slots().violation()).isEmpty();
            queue.join();
        }
    }
}

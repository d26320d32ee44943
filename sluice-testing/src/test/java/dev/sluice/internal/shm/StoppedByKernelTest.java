package dev.sluice.internal.shm;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.channel.Received;
import dev.sluice.internal.linux.Signals;
import dev.sluice.internal.shm.Spares.Fate;
import dev.sluice.space.Lease;
import dev.sluice.space.Namespace;
import dev.sluice.space.Queue;
import dev.sluice.space.Space;
import dev.sluice.space.SpaceException;
import dev.sluice.space.Topic;
import dev.sluice.space.Value;
import dev.sluice.space.sync.SharedBarrier;
import dev.sluice.space.sync.SharedLock;
import dev.sluice.space.sync.SharedReadWriteLock;
import dev.sluice.space.sync.SharedSemaphore;
import dev.sluice.task.Action;
import dev.sluice.task.Deadline;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A process is stopped by the kernel in the middle of an operation. The others go on, or wait as for anybody
/// who is slow and are told by their deadline. When it goes on nothing is lost, and it learns what it has
/// missed.
@Tag("no-loop")
@Timeout(240)
class StoppedByKernelTest {
    private final String address = "shm:sluice-test-" + UUID.randomUUID();

    @TempDir
    private static Path folder;

    private static Spares spares;

    @BeforeAll
    static void prepare() throws Exception {
        spares = new Spares(2, folder);
    }

    @AfterAll
    static void end() {
        spares.close();
    }

    @AfterEach
    void remove() {
        Shared.destroy(address);
    }

    /// What the others do meanwhile.
    private interface Meanwhile {
        void run(Space space) throws Exception;
    }

    private void stopped(String life, String label, Meanwhile meanwhile) throws Exception {
        try (Survivor survivor = new Survivor(address)) {
            survivor.check(life, "before");
            try (Space space = Space.open(address)) {
                Process process = spares.live(address, life, new Fate(Signals.SIGSTOP, label, 0, 0));
                Spares.awaitStop(process, life + " at " + label);
                Deadline.after(ofSeconds(60)).run(() -> meanwhile.run(space));
                Spares.goOn(process);
                assertThat(Spares.end(process, label)).as(label).isZero();
            }
            survivor.check(life, "after " + label);
        }
    }

    /// It is slow, and who waits for it is told so by its own deadline.
    private static void isHeldUp(Action<RuntimeException> action) {
        assertThat(Deadline.after(ofSeconds(1).dividedBy(5)).tryRun(action)).isFalse();
    }

    // ---- the others go on

    @ParameterizedTest
    @CsvSource({"table.claimed", "namespace.key", "table.decided", "table.set", "table.counted", "table.settled"})
    void inAChangeOfANamespace(String label) throws Exception {
        stopped("namespace", label, space -> {
            Namespace namespace = Mortal.namespace(space);
            for (int i = 0; i < 10; i++) {
                namespace.put("other", "v" + i);
                assertThat(namespace.get("other", String.class)).contains("v" + i);
            }
            assertThat(namespace.remove("other")).isTrue();
        });
    }

    @ParameterizedTest
    @CsvSource({"topic.joining", "topic.moved", "table.claimed", "topic.written", "table.decided", "table.set"})
    void inAMessageOfATopic(String label) throws Exception {
        boolean waitedFor = !label.startsWith("topic.j") && !label.startsWith("topic.m"); // it has subscribed
        stopped("topic", label, space -> {
            Topic<String> topic = Mortal.topic(space);
            int published = 0;
            while (published < 3 && topic.tryPublish(Mortal.whole(published))) {
                published++;
            }
            space.counter("topic.begun").add(published);
            space.counter("topic.done").add(published);
            assertThat(published).isEqualTo(3); // and more, but for those who want to be waited for
            if (waitedFor) {
                while (topic.tryPublish(Mortal.whole(9))) {
                    space.counter("topic.begun").add(1);
                    space.counter("topic.done").add(1);
                }
                isHeldUp(() -> topic.publish(Mortal.whole(9)));
            }
        });
    }

    @ParameterizedTest
    @CsvSource({"barrier.take", "barrier.arrived", "barrier.complete", "barrier.completed", "barrier.break"})
    void inARoundOfABarrier(String label) throws Exception {
        stopped("barrier", label, space -> {
            SharedBarrier alone = space.barrier("alone", 1);
            for (int round = 0; round < 3; round++) {
                assertThat(alone.await()).isZero();
            }
            isHeldUp(space.barrier("b", 2)::await);
        });
    }

    @ParameterizedTest
    @CsvSource({"put.claim", "put.write", "put.commit", "take.leased", "done.free", "return.return"})
    void inAnOperationOfAQueue(String label) throws Exception {
        stopped("queue", label, space -> {
            Queue<String> queue = Mortal.queue(space);
            for (int i = 0; i < 3; i++) {
                space.counter("put.begun").add(1);
                queue.put(Mortal.whole(i));
                space.counter("put.done").add(1);
                space.counter("taken.begun").add(1);
                try (Lease<String> lease = queue.take()) { // of the stopped one's, or ours, after a second
                    assertThat(Mortal.isWhole(lease.item())).isTrue();
                    lease.done();
                }
                space.counter("taken.done").add(1);
            }
        });
    }

    @Test
    void withAPermit() throws Exception {
        stopped("words", "semaphore.taken", space -> {
            SharedSemaphore permits = space.semaphore("permits", Mortal.PERMITS);
            var own = permits.acquire();
            isHeldUp(permits::acquire);
            own.close();
        });
    }

    @ParameterizedTest
    @CsvSource({"value.claimed", "value.length", "value.written"})
    void inTheMiddleOfAValue(String label) throws Exception {
        stopped("words", label, space -> {
            Value<String> value = space.value("value", String.class, Mortal.whole(0));
            assertThat(Mortal.isWhole(value.get())).isTrue();
            isHeldUp(() -> value.set(Mortal.whole(1)));
            assertThat(Mortal.isWhole(value.get())).isTrue();
        });
    }

    @Test
    void withALock() throws Exception {
        stopped("words", "lock.entered", space -> {
            SharedLock lock = space.lock("lock");
            assertThat(lock.tryAcquire()).isEmpty();
            isHeldUp(lock::acquire);
        });
    }

    @ParameterizedTest
    @CsvSource({"lock.claimed", "lock.entered", "lock.leaving"})
    void asAWriter(String label) throws Exception {
        stopped("readwrite", label, space -> {
            SharedReadWriteLock lock = space.readWriteLock("rw");
            assertThat(lock.read().tryAcquire()).isEmpty();
            isHeldUp(lock.read()::acquire);
            isHeldUp(lock.write()::acquire);
        });
    }

    @Test
    void asAReader() throws Exception {
        stopped("readwrite", "lock.counted", space -> {
            SharedReadWriteLock lock = space.readWriteLock("rw");
            lock.read().acquire().close();
            assertThat(lock.write().tryAcquire()).isEmpty();
            isHeldUp(lock.write()::acquire);
            lock.read().acquire().close(); // the writer that gave up keeps nobody out
        });
    }

    @ParameterizedTest
    @CsvSource({"pipe.write", "pipe.publish", "pipe.published", "pipe.close"})
    void withThePlacesOfAPipe(String label) throws Exception {
        stopped(
                "pipe",
                label,
                space -> assertThatExceptionOfType(SpaceException.class)
                        .isThrownBy(() -> Mortal.pipe(space))
                        .satisfies(e -> assertThat(e.problem()).isEqualTo(SpaceException.Problem.BUSY)));
    }

    // ---- it learns what it has missed

    @Test
    void whoIsStoppedAtABarrierThatIsResetComesToTheNextRound() throws Exception {
        try (Space space = Space.open(address)) {
            Process process = spares.live(address, "wait", new Fate(Signals.SIGSTOP, "barrier.arrived", 0, 0));
            Spares.awaitStop(process, "at a barrier");
            SharedBarrier barrier = space.barrier("b", 2);
            barrier.reset();
            Spares.goOn(process);
            Deadline.after(ofSeconds(60)).run(barrier::await);
            assertThat(Spares.end(process, "behind the barrier")).isZero();
        }
    }

    @Test
    void whoIsStoppedWhileOthersPublishIsToldWhatItHasLost() throws Exception {
        try (Space space = Space.open(address)) {
            Topic<String> topic = Mortal.topic(space);
            Process process = spares.live(address, "lag", new Fate(Signals.SIGSTOP, "counter.changed", 0, 0));
            Spares.awaitStop(process, "behind its subscription");
            for (int i = 0; i < 10; i++) {
                topic.publish(Mortal.whole(i));
            }
            Spares.goOn(process);
            assertThat(Spares.end(process, "lag")).isZero();
            int capacity = topic.options().capacity();
            assertThat(space.counter("lag.done").get()).isEqualTo(capacity);
            assertThat(space.counter("dropped").get()).isEqualTo(10 - capacity);
            assertThat(space.counter("told").get()).isEqualTo(1);
        }
    }

    @Test
    void whoseItemWasPassedStillPutsIt() throws Exception {
        try (Space space = Space.open(address)) {
            Queue<String> queue = Mortal.queue(space);
            Process process = spares.live(address, "queue", new Fate(Signals.SIGSTOP, "put.commit", 0, 0));
            Spares.awaitStop(process, "before its item is in");
            queue.put(Mortal.whole(100));
            Lease<String> behind = queue.take(); // it is passed after a second
            assertThat(behind.item()).isEqualTo(Mortal.whole(100));
            behind.done();
            Spares.goOn(process);
            assertThat(Spares.end(process, "queue")).isZero();
            int items = 0;
            while (queue.tryTake() instanceof Received.Value<Lease<String>>(Lease<String> lease)) {
                lease.done();
                items++;
            }
            assertThat(items + space.counter("taken.done").get())
                    .isEqualTo(space.counter("put.done").get());
            queue.join();
        }
    }
}

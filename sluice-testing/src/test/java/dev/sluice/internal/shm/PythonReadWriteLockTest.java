package dev.sluice.internal.shm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.space.Array;
import dev.sluice.space.Space;
import dev.sluice.space.sync.SharedLock;
import dev.sluice.space.sync.SharedReadWriteLock;
import dev.sluice.testing.Actors;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The Java end and the Python end of a lock of readers and writers, each written from the same page, and
/// killed by turns.
@Tag("no-loop")
@Timeout(300)
class PythonReadWriteLockTest extends PythonPeer {
    private static final int KILLS = Integer.getInteger("sluice.kills.python", 4);

    @Test
    void readersOrAWriterOfEitherEnd() throws Exception {
        SharedReadWriteLock lock = space.readWriteLock("rw");
        say("rw = space.read_write_lock('rw'); r = rw.read.acquire(60)");
        try (SharedLock.Held reading = lock.read().acquire()) {
            assertThat(reading.fence()).isEqualTo(2);
            say("r.close()");
            assertThat(python.run("rw.write.try_acquire()")).isEqualTo("ok None");
            python.begin("(w := rw.write.acquire(60)).fence");
            Actors.await("a writer that waits keeps readers out", () -> {
                try (Space other = Space.open(address)) {
                    return other.readWriteLock("rw").read().tryAcquire().isEmpty();
                }
            });
        }
        assertThat(python.answer()).startsWith("ok ");
        assertThat(lock.read().tryAcquire()).isEmpty();
        assertThat(lock.write().tryAcquire()).isEmpty();
        say("w.close()");
        try (SharedLock.Held writing = lock.write().acquire()) {
            assertThat(writing.recovered()).isFalse();
            assertThat(python.run("rw.read.try_acquire(), rw.write.try_acquire()"))
                    .isEqualTo("ok (None, None)");
            python.begin("(r := rw.read.acquire(60)).close()");
        }
        assertThat(python.answer()).isEqualTo("ok None");
        assertThat(python.run("(w := rw.write.acquire(60)).recovered")).isEqualTo("ok False");
        python.kill();
        within(() -> {
            try (SharedLock.Held writing = lock.write().acquire()) {
                assertThat(writing.recovered()).isTrue();
            }
        });
    }

    // ---- one of them is killed at each step

    @Test
    void aPythonThatIsKilledAtEachStepHoldsUpNobody() throws Exception {
        killPythonAtEachStep(
                15,
                "[(rw := s.read_write_lock('%s')), rw.read.acquire(60).close(), rw.write.acquire(60).close(),"
                        + " rw.read.try_acquire()]",
                (survivors, object) -> {
                    SharedReadWriteLock lock = survivors.readWriteLock(object);
                    return what -> useBothSides(lock, what);
                });
    }

    private static void useBothSides(SharedReadWriteLock lock, String what) {
        try (SharedLock.Held writing = lock.write().acquire()) {
            writing.repaired();
        }
        try (SharedLock.Held reading = lock.read().acquire()) {
            assertThat(reading.recovered()).as(what).isFalse();
        }
    }

    @Test
    void aJavaThatIsKilledAtEachStepHoldsUpNobody() throws Exception {
        killJavaAtEachStep(
                9,
                (victim, object) -> {
                    SharedReadWriteLock lock = victim.readWriteLock(object);
                    return () -> live(lock);
                },
                (survivors, object) -> {
                    say("rw = space.read_write_lock('" + object + "')");
                    return what -> {
                        say("h = rw.write.acquire(60); h.repaired(); h.close()");
                        check(what, "not (h := rw.read.acquire(60)).recovered");
                        say("h.close(); rw.close()");
                    };
                });
    }

    private static void live(SharedReadWriteLock lock) {
        lock.read().acquire().close();
        lock.write().acquire().close();
        assertThat(lock.read().tryAcquire()).isPresent(); // and keeps it
    }

    // ---- all of them, at random

    /// Counts up two numbers as a writer, who is told when they may differ, and looks at them as a reader.
    private static long countTwice(SharedReadWriteLock lock, Array numbers) {
        try (SharedLock.Held writing = lock.write().acquire()) {
            recover(writing, numbers);
            countUp(numbers);
        }
        try (SharedLock.Held reading = lock.read().acquire()) {
            long one = numbers.get(0);
            assertThat(reading.recovered() || one == numbers.get(1)).isTrue();
            return one;
        }
    }

    private static void recover(SharedLock.Held writing, Array numbers) {
        if (writing.recovered()) {
            numbers.set(1, numbers.get(0));
            writing.repaired();
        }
    }

    private static void countUp(Array numbers) {
        numbers.set(0, numbers.get(0) + 1);
        Steps.at("test.between");
        numbers.set(1, numbers.get(1) + 1);
    }

    /// Does that until it dies; it does not while it waits.
    private final class CountingTwice extends Doomed {
        CountingTwice(long seed) {
            super(address, seed);
        }

        @Override
        void open(Space victim) {
            assertThat(victim.readWriteLock("rw").read()).isNotNull();
        }

        @Override
        void live(Space victim) {
            SharedReadWriteLock lock = victim.readWriteLock("rw");
            Array numbers = space.array("numbers", 2);
            while (!isOver()) {
                lock.write().tryAcquire().ifPresent(writing -> {
                    recover(writing, numbers);
                    countUp(numbers);
                    writing.close();
                });
                lock.read().tryAcquire().ifPresent(SharedLock.Held::close);
                long now = space.counter("rounds").get();
                rest(() -> space.counter("rounds").awaitAtLeast(now + 1));
            }
        }
    }

    private static final List<String> COUNT = List.of(
            "rw, n = space.read_write_lock('rw'), space.array('numbers', 2)",
            "wrong, rounds = space.counter('wrong'), space.counter('rounds')",
            "while True: w = rw.write.acquire();"
                    + " w.recovered and (n.__setitem__(1, n[0]), w.repaired());"
                    + " n[0] = n[0] + 1; n[1] = n[1] + 1; w.close();"
                    + " r = rw.read.acquire(); wrong.add(int(not r.recovered and n[0] != n[1])); r.close(); rounds.add()");

    /// Pythons are killed at random times, and a Java at random steps; who comes next finds both numbers equal,
    /// or is told.
    @Test
    void whoComesNextIsToldWhenAllAreKilledAtRandom() throws Exception {
        SharedReadWriteLock lock = space.readWriteLock("rw");
        Array numbers = space.array("numbers", 2);
        String replay = killAtRandom(KILLS, CountingTwice::new, COUNT, chance -> {
            long until = numbers.get(0) + 20 + chance.nextInt(100);
            while (countTwice(lock, numbers) < until) {}
        });
        within(() -> useBothSides(lock, replay));
        assertThat(space.counter("wrong").get()).as(replay).isZero();
    }
}

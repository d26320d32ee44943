package dev.sluice.internal.shm;

import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.space.Array;
import dev.sluice.space.Space;
import dev.sluice.space.SpaceException;
import dev.sluice.space.sync.SharedBarrier;
import dev.sluice.space.sync.SharedCondition;
import dev.sluice.space.sync.SharedCounter;
import dev.sluice.space.sync.SharedLock;
import dev.sluice.task.CancelScope;
import dev.sluice.task.Deadline;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The Java end and the Python end of barriers and conditions, each written from the same page, and killed by
/// turns.
@Tag("no-loop")
@Timeout(300)
class PythonBarrierTest extends PythonPeer {
    private static final long BROKEN = 0x1000;
    private static final int KILLS = Integer.getInteger("sluice.kills.python", 4);

    // ---- together

    @Test
    void partiesOfBothEndsMeet() throws Exception {
        SharedBarrier barrier = space.barrier("b", 2);
        python.begin("[(b := space.barrier('b', 2)).wait(60) for _ in range(200)]");
        List<Integer> places = new ArrayList<>();
        within(() -> {
            for (int i = 0; i < 200; i++) {
                places.add(1 - barrier.await());
            }
        });
        assertThat(python.answer()).isEqualTo("ok " + places);
        assertThat(python.run("space.barrier('b', 3)")).startsWith("error SpaceError MISMATCH");
        assertThat(python.run("space.barrier('p', 3).parties")).isEqualTo("ok 3");
        assertThat(space.barrier("p", 3).parties()).isEqualTo(3);
    }

    @Test
    void eachBreaksItForTheOther() throws Exception {
        SharedBarrier barrier = space.barrier("b", 2);
        python.begin("(b := space.barrier('b', 2)).wait(60)");
        assertThat(barrier.abort("enough")).isTrue();
        assertThat(python.answer()).startsWith("error SpaceError BROKEN").endsWith(": enough");
        barrier.reset();
        python.begin("b.abort('no more')");
        within(() -> assertThatExceptionOfType(SpaceException.class)
                .isThrownBy(barrier::await)
                .withMessageEndingWith(": no more"));
        assertThat(python.answer()).isEqualTo("ok True");
        say("b.reset()");
        assertThat(python.run("b.wait(0.01)")).startsWith("error TimeoutError"); // and has not arrived
        assertThat(Deadline.after(ofMillis(10)).tryRun(barrier::await)).isFalse();
        python.begin("b.wait(60) in (0, 1)");
        within(barrier::await);
        assertThat(python.answer()).isEqualTo("ok True");
    }

    @Test
    void ownersOfALockSignalEachOther() throws Exception {
        SharedLock lock = space.lock("l");
        SharedCondition changed = space.condition("c");
        Array numbers = space.array("a", 2);
        say("l, c, a = space.lock('l'), space.condition('c'), space.array('a', 2)");
        python.begin("with l.acquire(60) as h: assert c.wait_until(h, lambda: a[0] == 1, 60); a[1] = 2; c.signal()");
        within(() -> {
            try (SharedLock.Held held = lock.acquire()) {
                numbers.set(0, 1);
                changed.signal();
                changed.awaitUntil(held, () -> numbers.get(1) == 2);
            }
        });
        assertThat(python.answer()).isEqualTo("ok None");
    }

    @Test
    void whoWaitsForASignalHoldsUpNobodyWhenItIsKilled() throws Exception {
        SharedLock lock = space.lock("l");
        SharedCondition changed = space.condition("c");
        Array numbers = space.array("a", 1);
        say("l, c, a = space.lock('l'), space.condition('c'), space.array('a', 1)");
        python.begin("with l.acquire(60) as h: a[0] = 1; c.wait(h)");
        within(() -> {
            while (numbers.get(0) == 0) {
                Thread.onSpinWait();
            }
            lock.acquire().close(); // it waits
        });
        python.kill();
        within(() -> {
            try (SharedLock.Held held = lock.acquire()) {
                assertThat(held.recovered()).isFalse(); // it did not have the lock
                changed.signal();
            }
        });
    }

    // ---- one of them is killed at each step

    @Test
    void aPythonThatIsKilledAtEachStepHoldsUpNobody() throws Exception {
        killPythonAtEachStep(
                25,
                "[(b := s.barrier('%s', 2)), late(lambda: b.wait(0.001)), b.abort('x'), b.reset(),"
                        + " late(lambda: b.wait(0)), (c := s.barrier('%s.1', 1)).wait(9), c.wait(9),"
                        + " c.close(), s.remove('%s.1')]",
                (survivors, object) -> {
                    SharedBarrier barrier = survivors.barrier(object, 2);
                    SharedBarrier alone = survivors.barrier(object + ".1", 1);
                    return what -> {
                        meetTwice(barrier, what);
                        assertThat(alone.await()).as(what).isZero();
                        survivors.remove(object + ".1");
                    };
                });
    }

    /// Two Javas meet, also if somebody has broken the barrier and died.
    private static void meetTwice(SharedBarrier barrier, String what) throws Exception {
        ShmBarrier words = (ShmBarrier) barrier;
        words.file().tend(words::doChores, 0);
        if ((words.word() & BROKEN) != 0) {
            barrier.reset();
        }
        for (int round = 0; round < 2; round++) {
            var other = new FutureTask<>(barrier::await);
            Thread.ofPlatform().start(other);
            assertThat(List.of(barrier.await(), other.get())).as(what).containsExactlyInAnyOrder(0, 1);
        }
    }

    @Test
    void aJavaThatIsKilledAtEachStepHoldsUpNobody() throws Exception {
        killJavaAtEachStep(
                7, // and more, where its wait was more than a look: then it rings
                (victim, object) -> {
                    SharedBarrier barrier = victim.barrier(object, 2);
                    return () -> live(barrier);
                },
                (survivors, object) -> {
                    say("b = space.barrier('" + object + "', 2)");
                    return what -> {
                        say("b._tend(); b._word() & 0x1000 and b.reset()"); // it may be broken
                        assertThat(python.run("b.wait(0.001)")).as(what).startsWith("error TimeoutError");
                        check(what, "not any(b._memory.load(b._at_cell(i)) & 0xFFFFFFF for i in range(2))");
                        python.begin("b.wait(60) + b.wait(60) >= 0");
                        SharedBarrier other = survivors.barrier(object, 2);
                        other.await();
                        other.await();
                        assertThat(python.answer()).as(what).isEqualTo("ok True");
                        say("b.close()");
                    };
                });
    }

    private static void live(SharedBarrier barrier) throws InterruptedException {
        CancelScope.run(scope -> {
            Thread other =
                    Thread.ofPlatform().start(() -> KillSharedTest.cancelWhenArrived((ShmBarrier) barrier, scope));
            try {
                barrier.await();
            } finally {
                other.interrupt();
                other.join();
            }
        });
        barrier.abort("no luck");
        barrier.reset();
    }
    // ---- all of them, at random

    /// Arrives until it dies, or gives up and arrives again.
    private final class Arriving extends Doomed {
        private final SharedCounter passed = space.counter("passed");

        Arriving(long seed) {
            super(address, seed);
        }

        @Override
        void open(Space victim) {
            assertThat(victim.barrier("b", 2).parties()).isEqualTo(2);
        }

        @Override
        void live(Space victim) {
            SharedBarrier barrier = victim.barrier("b", 2);
            while (!isOver()) {
                if (Deadline.after(ofMillis(5)).tryRun(barrier::await)) { // there are no steps while it waits
                    passed.add(1);
                }
            }
        }
    }

    private static final List<String> ARRIVE =
            List.of("b, passed = space.barrier('b', 2), space.counter('passed')", "while True: b.wait(); passed.add()");

    /// Pythons are killed at random times, and a Java at random steps; who stays meets somebody all the same,
    /// and no round lets more through than its parties.
    @Test
    void whoStaysIsNotHeldUpWhenAllAreKilledAtRandom() throws Exception {
        SharedBarrier barrier = space.barrier("b", 2);
        SharedCounter passed = space.counter("passed");
        String replay = killAtRandom(KILLS, Arriving::new, ARRIVE, chance -> {
            for (int more = 20 + chance.nextInt(100); more > 0; more--) {
                assertThat(barrier.await()).isBetween(0, 1);
                passed.add(1);
            }
        });
        long rounds = ((ShmBarrier) barrier).word() >>> Integer.SIZE;
        assertThat(passed.get()).as(replay).isBetween(20L * KILLS, 2 * rounds);
        meetTwice(barrier, replay);
    }
}

package dev.sluice.internal.shm;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.internal.shm.WordsVictim.Twice;
import dev.sluice.space.Space;
import dev.sluice.space.Value;
import dev.sluice.space.sync.SharedLock;
import dev.sluice.space.sync.SharedSemaphore;
import dev.sluice.sync.Hold;
import dev.sluice.task.Deadline;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A participant dies in the middle of what it does with the small objects. The others go on.
@Timeout(120)
class KillWordsTest {
    private final String address = "shm:sluice-test-" + UUID.randomUUID();

    @AfterEach
    void remove() throws Exception {
        try (SharedDirectory directory =
                SharedDirectory.open(SharedDirectory.BASE, address.substring("shm:".length()))) {
            directory.removeAll();
        }
    }

    /// What a victim may have done when it dies.
    private static final class Life {
        long counted;
        long counting;
        Twice before = Twice.of(0);
        Twice after = Twice.of(0);
        boolean owned;

        /// Gives nothing back on the way out of an exception: the dead do not.
        void live(Space space) {
            SharedLock.Held held = space.lock("lock").acquire();
            owned = true;
            counting++;
            space.counter("written").add(1);
            counted++;
            owned = false;
            held.close();
            Hold permit = space.semaphore("permits", WordsVictim.PERMITS).acquire();
            for (long number = 1; number <= 2; number++) {
                after = Twice.of(number);
                WordsVictim.value(space).set(after);
                before = after;
            }
            permit.close();
            space.event("ready").set();
            space.event("ready").clear();
            space.condition("changed").signal();
        }
    }

    @Test
    void atEachStep() throws Exception {
        Set<String> met = new TreeSet<>();
        List<String> passed = List.of();
        for (int step = 0; passed.size() == step; step++) {
            try (Space survivor = Space.open(address)) {
                survivor.counter("written").set(0);
                WordsVictim.value(survivor).set(Twice.of(0));
                try (SharedLock.Held held = survivor.lock("lock").acquire()) {
                    held.repaired();
                }
                Life life = new Life();
                ShmSpace victim = (ShmSpace) Space.open(address);
                passed = Killed.before(step + 1, () -> life.live(victim));
                victim.abandon();
                met.addAll(passed);
                survive(survivor, life, "killed after " + passed);
                if (passed.size() <= step) {
                    break;
                }
                passed = passed.subList(0, step + 1);
            }
        }
        assertThat(met)
                .contains(
                        "lock.entered",
                        "lock.leaving",
                        "lock.left",
                        "semaphore.taken",
                        "semaphore.given",
                        "value.claimed",
                        "value.length",
                        "value.written",
                        "value.committed",
                        "counter.changed",
                        "event.set",
                        "condition.signalled");
    }

    private static void survive(Space space, Life life, String what) throws Exception {
        Deadline.after(ofSeconds(30)).run(() -> {
            try (SharedLock.Held held = space.lock("lock").acquire()) {
                if (life.owned) {
                    assertThat(held.recovered()).as(what).isTrue();
                }
            }
            takeAllPermits(space);
            Value<Twice> value = WordsVictim.value(space);
            assertThat(value.get()).as(what).isIn(life.before, life.after);
            value.set(Twice.of(99));
            assertThat(value.get()).as(what).isEqualTo(Twice.of(99));
            assertThat(space.counter("written").get()).as(what).isBetween(life.counted, life.counting);
            space.event("ready").set();
            space.event("ready").await();
            space.event("ready").clear();
        });
    }

    private static void takeAllPermits(Space space) {
        SharedSemaphore semaphore = space.semaphore("permits", WordsVictim.PERMITS);
        List<Hold> holds = new ArrayList<>();
        for (int i = 0; i < WordsVictim.PERMITS; i++) {
            holds.add(semaphore.acquire());
        }
        assertThat(semaphore.available()).isZero();
        holds.forEach(Hold::close);
    }

    @Test
    void byTheKernel() throws Exception {
        for (int round = 0; round < 3; round++) {
            try (Space space = Space.open(address)) {
                space.event("ready").clear();
                long written = space.counter("written").get();
                Process victim = start();
                try {
                    Deadline.after(ofSeconds(60)).run(() -> {
                        space.event("ready").await();
                        space.counter("written").awaitAtLeast(written + 50);
                    });
                    assertThat(space.lock("lock").tryAcquire()).isEmpty();
                    assertThat(space.semaphore("permits", WordsVictim.PERMITS).available())
                            .isEqualTo(WordsVictim.PERMITS - 1);
                } finally {
                    victim.destroyForcibly().waitFor();
                }
                Deadline.after(ofSeconds(30)).run(() -> {
                    try (SharedLock.Held held = space.lock("lock").acquire()) {
                        assertThat(held.recovered()).isTrue();
                        held.repaired();
                    }
                    takeAllPermits(space);
                    Value<Twice> value = WordsVictim.value(space);
                    assertThat(value.get().isWhole()).isTrue();
                    assertThat(value.update(now -> Twice.of(now.one() + 1)).isWhole())
                            .isTrue();
                });
            }
        }
    }

    private Process start() throws Exception {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m"));
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), WordsVictim.class.getName(), address));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}

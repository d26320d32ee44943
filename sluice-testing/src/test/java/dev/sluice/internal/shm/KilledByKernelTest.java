package dev.sluice.internal.shm;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.internal.linux.Signals;
import dev.sluice.internal.shm.Spares.Fate;
import dev.sluice.task.Deadline;
import dev.sluice.testing.Simulation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Processes are killed by the kernel, with `kill -9`: one before each step of what it does with each kind of
/// object, and then several at a time that do the same, at random times. The others go on at once, and find
/// everything whole.
///
/// `-Dsluice.kills=N` kills until so many were in the middle of an operation, `-Dsluice.seed=N` in the same way
/// as the run that printed it.
@Tag("no-loop")
@Timeout(3600)
class KilledByKernelTest {
    private static final int KILLED = 128 + Signals.SIGKILL;
    private static final int KILLS = Integer.getInteger("sluice.kills", 300);

    /// How many die together.
    private static final int TOGETHER = 3;

    private static final int TRIES = 5;

    /// How much longer than up to a step one lives at most: some steps, where nothing is compiled.
    private static final long MORE_NANOS = 2_000_000;

    /// The steps that each life has, whatever others do.
    private static final String CERTAIN = """
            namespace table.claimed namespace.key namespace.value table.decide table.decided table.used table.set \
            table.counted table.logged table.settle table.settled namespace.vacate leave.free
            topic topic.joining topic.moved topic.active topic.written topic.received topic.left table.settled
            readwrite lock.count lock.counted lock.uncounted lock.claimed lock.entered lock.leaving lock.left
            barrier barrier.take barrier.arrived barrier.complete barrier.completed barrier.break barrier.broken \
            barrier.reset
            queue put.claim put.write put.commit put.committed take.lease take.leased done.free done.freed \
            return.return return.returned
            words lock.entered lock.leaving semaphore.taken semaphore.given value.claimed value.length value.written \
            value.committed event.set condition.signalled counter.changed
            pipe create.opened create.filled create.linked join.joining join.written pipe.take pipe.taken pipe.write \
            pipe.publish pipe.published pipe.close pipe.closed
            """;

    private final long seed = Long.getLong("sluice.seed", new Random().nextLong());
    private final Random random = new Random(seed);
    private final String address = "shm:sluice-test-" + UUID.randomUUID();
    private final Map<String, List<String>> steps = new LinkedHashMap<>();
    private int started;
    private int killed;

    @TempDir
    private static Path folder;

    private static Spares spares;

    @BeforeAll
    static void prepare() throws Exception {
        assertThat(Simulation.class).as("beside the core, where steps are told").isNotNull();
        spares = new Spares(TOGETHER, folder);
    }

    @AfterAll
    static void end() {
        spares.close();
    }

    @AfterEach
    void remove() {
        Shared.destroy(address);
    }

    @Test
    void theOthersGoOn() throws Exception {
        try (Survivor survivor = new Survivor(address)) {
            for (String line : CERTAIN.lines().toList()) {
                List<String> words = List.of(line.split(" "));
                steps.put(words.getFirst(), stepsOf(words.getFirst()));
                beforeEachStep(survivor, words.getFirst(), words.subList(1, words.size()));
            }
            while (killed < KILLS) {
                assertThat(started).as("started for %d kills", killed).isLessThan(200 + 3 * KILLS);
                atRandomTimes(survivor);
            }
            assertThat(survivor.progress()).as("seed %d", seed).isPositive();
        }
        System.out.println("killed in the middle of an operation: " + killed + " of " + started + " processes"
                + ", -Dsluice.seed=" + seed);
    }

    /// The steps of a life where others have all objects open, and have lived it before.
    private List<String> stepsOf(String life) throws Exception {
        Thread self = Thread.currentThread();
        List<String> labels = new ArrayList<>();
        String elsewhere = address + "-steps";
        try (Survivor beside = new Survivor(elsewhere)) {
            Mortal.live(elsewhere, life);
            check(beside, life, "behind a whole life");
            Steps.watch(label -> {
                if (Thread.currentThread() == self) {
                    labels.add(label);
                }
            });
            Mortal.live(elsewhere, life);
        } finally {
            Steps.unwatch();
            Shared.destroy(elsewhere);
        }
        return labels;
    }

    private void beforeEachStep(Survivor survivor, String life, List<String> certain) throws Exception {
        List<String> all = steps.get(life);
        assertThat(all).containsAll(certain);
        for (String label : new LinkedHashSet<>(all)) {
            boolean hit = killOne(survivor, life, label, random.nextInt(Collections.frequency(all, label)));
            for (int i = 0; !hit && i < TRIES && certain.contains(label); i++) {
                hit = killOne(survivor, life, label, 0); // what others do decides how often it is met
            }
            assertThat(hit || !certain.contains(label)).as(life + " " + label).isTrue();
        }
    }

    private boolean killOne(Survivor survivor, String life, String label, int number) throws Exception {
        int before = killed;
        kill(survivor, life, List.of(new Fate(Signals.SIGKILL, label, number, 0)));
        return killed > before;
    }

    private void atRandomTimes(Survivor survivor) throws Exception {
        String life = List.copyOf(steps.keySet()).get(random.nextInt(steps.size()));
        List<Fate> fates = new ArrayList<>();
        for (int i = 0; i < TOGETHER; i++) {
            int number = random.nextInt(steps.get(life).size());
            if (random.nextBoolean()) {
                fates.add(new Fate(Signals.SIGKILL, "*", number, 0));
            } else {
                fates.add(new Fate(Signals.SIGKILL, "*", number / 2, 1 + random.nextLong(MORE_NANOS)));
            }
        }
        kill(survivor, life, fates);
    }

    /// Kills those who come to their step, or not in time; and looks what they have left.
    private void kill(Survivor survivor, String life, List<Fate> fates) throws Exception {
        String what = "%d: %s %s with -Dsluice.seed=%d".formatted(started, life, fates, seed);
        List<Process> mortals = new ArrayList<>();
        for (Fate fate : fates) {
            mortals.add(spares.live(address, life, fate));
            started++;
        }
        for (int i = 0; i < fates.size(); i++) {
            int code = Spares.end(mortals.get(i), what);
            assertThat(code).as(what).isIn(0, KILLED);
            boolean inside = spares.hasEndedInside(mortals.get(i));
            if (code == KILLED && fates.get(i).nanos() == 0) {
                assertThat(inside)
                        .as("between two operations there is no step: " + what)
                        .isTrue();
            }
            killed += inside ? 1 : 0;
        }
        check(survivor, life, what);
    }

    private static void check(Survivor survivor, String life, String what) throws Exception {
        Deadline.after(ofSeconds(60)).named(what).run(() -> survivor.check(life, what));
    }

    @Test
    void thoseWhoDoNotDieLoseNothing() throws Exception {
        try (Survivor survivor = new Survivor(address)) {
            for (int i = 0; i < 3; i++) {
                Process process = spares.live(address, "all", new Fate(0, "-", 0, 0));
                assertThat(Spares.end(process, "life " + i)).isZero();
                assertThat(spares.hasEndedInside(process)).isFalse();
                for (String life : Mortal.LIVES.subList(0, Mortal.LIVES.size() - 1)) {
                    check(survivor, life, "life " + i);
                }
            }
            survivor.requireAllDone();
        }
    }
}

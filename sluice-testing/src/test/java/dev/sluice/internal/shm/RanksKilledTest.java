package dev.sluice.internal.shm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.internal.linux.Signals;
import dev.sluice.ranks.Group;
import dev.sluice.ranks.RankFailedException;
import dev.sluice.ranks.RankFailedException.How;
import dev.sluice.ranks.Reduction;
import dev.sluice.task.Deadline;
import dev.sluice.testing.RankFailuresContract;
import dev.sluice.testing.RankFailuresContract.Collective;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Processes that are ranks are killed by the kernel in each operation. The others are told, and go on.
@Timeout(240)
@Tag("once") // about processes that die
class RanksKilledTest {
    private static final int KILLED = 128 + Signals.SIGKILL;

    private final String space = "shm:sluice-test-" + UUID.randomUUID();
    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void remove() {
        started.forEach(Process::destroyForcibly);
        Shared.destroy(space);
    }

    /// Runs those ranks here whom nobody kills.
    private void survive(String address, Set<Integer> victims, int size, Collective collective) throws Exception {
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        for (int rank = 0; rank < size; rank++) {
            int own = rank;
            if (!victims.contains(rank)) {
                ends.add(CompletableFuture.runAsync(() -> survivor(address, own, victims, size, collective), work -> {
                    Thread.ofPlatform().daemon().name("rank-" + own).start(work);
                }));
            }
        }
        for (CompletableFuture<Void> end : ends) {
            end.get(120, TimeUnit.SECONDS);
        }
    }

    private static void survivor(String address, int own, Set<Integer> victims, int size, Collective collective) {
        try (Group group = Group.join(address, own, size)) {
            group.barrier();
            assertThatThrownBy(() -> Deadline.after(Duration.ofSeconds(60)).run(() -> {
                        collective.body().run(group);
                        group.barrier();
                    }))
                    .as("rank " + own + " in " + collective)
                    .isInstanceOfSatisfying(RankFailedException.class, failure -> {
                        assertThat(victims).contains(failure.rank());
                        assertThat(failure.how()).isEqualTo(How.DIED);
                        assertThat(failure.operation()).isIn(collective.name(), "");
                    });
            Group rest = group.shrink();
            while (rest.size() > size - victims.size()) { // not all were known to be dead
                Group smaller = rest;
                assertThatThrownBy(smaller::barrier).isInstanceOf(RankFailedException.class);
                rest = rest.shrink();
            }
            assertThat(rest.original(rest.rank())).isEqualTo(own);
            for (Collective again : RankFailuresContract.all()) {
                again.body().run(rest);
            }
            assertThat(rest.allReduce(1, Reduction.SUM)).isEqualTo(size - victims.size());
            rest.barrier();
        } catch (Exception failure) {
            throw new AssertionError("rank " + own + " in " + collective, failure);
        }
    }

    @BeforeEach
    void isTold() {}

    @Test
    void inEachOperation() throws Exception {
        List<Collective> all = RankFailuresContract.all();
        for (int operation = 0; operation < all.size(); operation++) {
            String address = space + "/in-" + operation;
            int rank = operation % 3;
            Process victim = RankVictim.start(address, rank, 3, operation, 1 + operation % 4);
            started.add(victim);
            survive(address, Set.of(rank), 3, all.get(operation));
            assertThat(victim.waitFor()).isEqualTo(KILLED);
        }
    }

    @Test
    void twoAtOnce() throws Exception {
        int operation = 12;
        String address = space + "/two";
        Set<Integer> victims = new TreeSet<>(Set.of(0, 2));
        for (int rank : victims) {
            started.add(RankVictim.start(address, rank, 4, operation, 2));
        }
        survive(address, victims, 4, RankFailuresContract.all().get(operation));
        for (Process victim : started) {
            assertThat(victim.waitFor()).isEqualTo(KILLED);
        }
    }
}

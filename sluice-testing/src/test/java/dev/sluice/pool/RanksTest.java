package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.ranks.Group;
import dev.sluice.ranks.RankFailedException;
import dev.sluice.ranks.Reduction;
import dev.sluice.task.Outcome;
import dev.sluice.task.TaskFailedException;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The ranks of a group are started as tasks, and as processes.
class RanksTest {
    static long sum(Group group) {
        return group.allReduce(group.rank(), Reduction.SUM);
    }

    static long failing(Group group) {
        group.barrier();
        if (group.rank() == 1) {
            throw new ArithmeticException("one");
        }
        return sum(group);
    }

    static int dying(Group group) {
        group.barrier();
        if (group.rank() == 1) {
            Runtime.getRuntime().halt(9);
        }
        try {
            while (true) {
                group.barrier();
            }
        } catch (RankFailedException failed) {
            return group.shrink().size() * 10 + failed.rank();
        }
    }

    /// A function with values of its own.
    record Scaled(long by) implements PoolFunction<Group, Long> {
        @Override
        public Long apply(Group group) {
            return group.allReduce(group.rank() * by, Reduction.SUM);
        }
    }

    @Test
    void asTasks() throws Exception {
        Workers.run(() -> {
            assertThat(Ranks.tasks(5).<Long>run(RanksTest::sum)).containsExactly(10L, 10L, 10L, 10L, 10L);
            long more = 3;
            assertThat(Ranks.tasks(2).<Long>run(group -> sum(group) + more)).containsExactly(4L, 4L);
            assertThatThrownBy(() -> Ranks.tasks(3).<Long>run(RanksTest::failing))
                    .isInstanceOf(TaskFailedException.class)
                    .hasMessageContaining("rank 1")
                    .hasCauseInstanceOf(ArithmeticException.class);
        });
    }

    @Test
    void asProcesses() throws Exception {
        Workers.run(() -> {
            assertThat(Ranks.processes(3).<Long>run(RanksTest::sum)).containsExactly(3L, 3L, 3L);
            assertThat(Ranks.processes(2).run(new Scaled(7))).containsExactly(7L, 7L);
        });
    }

    @Test
    void aProcessThatFailsOrDiesIsToldApart() throws Exception {
        Workers.run(() -> {
            assertThatThrownBy(() -> Ranks.processes(2).<Long>run(RanksTest::failing))
                    .isInstanceOf(TaskFailedException.class)
                    .hasMessageContaining("rank 1")
                    .cause()
                    .isInstanceOf(FunctionFailedException.class)
                    .hasMessageContaining("one");
            List<Outcome<Integer>> ends = Ranks.processes(3).outcomes(RanksTest::dying);
            assertThat(ends.get(0)).isEqualTo(new Outcome.Succeeded<>(21));
            assertThat(ends.get(2)).isEqualTo(new Outcome.Succeeded<>(21));
            assertThat(ends.get(1))
                    .isInstanceOfSatisfying(
                            Outcome.Failed.class,
                            failed -> assertThat(failed.failure()).isInstanceOf(WorkerDiedException.class));
        });
    }

    @Test
    void aGroupIsOfOneTo63() {
        assertThatThrownBy(() -> Ranks.tasks(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Ranks.processes(64)).isInstanceOf(IllegalArgumentException.class);
    }
}

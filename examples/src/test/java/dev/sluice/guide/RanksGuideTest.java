package dev.sluice.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.pool.Ranks;
import dev.sluice.ranks.Grid;
import dev.sluice.ranks.Group;
import dev.sluice.ranks.Items;
import dev.sluice.ranks.Numbers;
import dev.sluice.ranks.RankFailedException;
import dev.sluice.ranks.Reduction;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RanksGuideTest {
    @Test
    void items() {
        Sluice.run(() -> Ranks.tasks(3).<Boolean>run(group -> {
            // tag::items
            Items<String> words = group.items(String.class);
            String seed = words.broadcast(0, () -> "seed"); // asked for at rank 0 only
            List<String> all = words.allGather(seed + group.rank()); // in the order of the ranks
            String joined = words.allReduce("abc".substring(group.rank(), group.rank() + 1), String::concat);
            int next = (group.rank() + 1) % group.size();
            words.send(next, 7, "hello"); // 7: a tag, by which the receiver chooses
            String greeting = words.receiveAny(7).value();
            // end::items
            assertThat(all).containsExactly("seed0", "seed1", "seed2");
            assertThat(joined).isEqualTo("abc");
            assertThat(greeting).isEqualTo("hello");
            return true;
        }));
    }

    @Test
    void numbers() {
        Sluice.run(() -> Ranks.tasks(4).<Boolean>run(group -> {
            // tag::numbers
            double[] gradient = gradientOf(group.rank());
            group.allReduce(Numbers.of(gradient), Reduction.SUM); // now the sum of all ranks' arrays
            Grid grid = Grid.of(group, 2, 2);
            OptionalInt right = grid.neighbour(group.rank(), 1, 1); // empty at the border
            // end::numbers
            assertThat(gradient).containsExactly(6.0, 12.0);
            assertThat(right.isPresent()).isEqualTo(group.rank() % 2 == 0);
            return true;
        }));
    }

    private static double[] gradientOf(int rank) {
        return new double[] {rank, 2.0 * rank};
    }

    @Test
    void shrink() {
        Sluice.run(() -> {
            var ends = Ranks.tasks(3).<Long>outcomes(RanksGuideTest::untilDone);
            assertThat(ends.stream().filter(end -> end.succeeded())).hasSize(2);
        });
    }

    // tag::shrink
    static long untilDone(Group first) {
        Group group = first;
        while (true) {
            try {
                return group.allReduce(work(group), Reduction.SUM);
            } catch (RankFailedException failed) { // the same at all who are left
                group = group.shrink();
            }
        }
    }
    // end::shrink

    private static long work(Group group) {
        if (group.size() == 3 && group.rank() == 1) {
            throw new IllegalStateException("no luck");
        }
        return group.original(group.rank());
    }
}

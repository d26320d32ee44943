package dev.sluice.examples;

import dev.sluice.Sluice;
import dev.sluice.pool.Ranks;
import dev.sluice.ranks.Group;
import dev.sluice.ranks.Reduction;
import java.util.List;

/// Computes π in several processes, each of which adds up a part of a series.
final class ParallelSum {
    // tag::main
    static void main() {
        Sluice.run(() -> {
            List<Double> sums = Ranks.processes(3).run(ParallelSum::part); // the same of each rank
            IO.println("%.5f".formatted(sums.getFirst()));
        });
    }

    static double part(Group group) { // runs in each process
        double own = 0;
        for (int n = group.rank(); n < 3_000_000; n += group.size()) {
            own += (n % 2 == 0 ? 4.0 : -4.0) / (2 * n + 1);
        }
        return group.allReduce(own, Reduction.SUM);
    }
    // end::main
}

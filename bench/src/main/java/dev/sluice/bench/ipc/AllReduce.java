package dev.sluice.bench.ipc;

import dev.sluice.bench.Load;
import dev.sluice.ranks.Group;
import dev.sluice.ranks.Numbers;
import dev.sluice.ranks.Reduction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// An operation is the sum of arrays of some ranks, in processes of their own, which all get. This is rank 0, the
/// others are a [Partner] each; every one adds up as it goes on what it has got.
final class AllReduce implements Load {
    private final String place = "sluice-bench-ranks-" + ProcessHandle.current().pid();
    private final long[] numbers;
    private final List<PartnerProcess> partners = new ArrayList<>();
    private final Group group;

    AllReduce(int bytes, int ranks) {
        this.numbers = new long[bytes / Long.BYTES];
        for (int rank = 1; rank < ranks; rank++) {
            partners.add(PartnerProcess.java(
                    "ranks", place, Integer.toString(bytes), Integer.toString(rank), Integer.toString(ranks)));
        }
        this.group = Group.join("shm:" + place + "/ranks", 0, ranks);
    }

    /// What another rank does.
    static void take(String place, int bytes, int rank, int ranks) {
        try (Group group = Group.join("shm:" + place + "/ranks", rank, ranks)) {
            long[] numbers = new long[bytes / Long.BYTES];
            while (true) {
                reduce(group, numbers, group.allReduce(0, Reduction.SUM));
            }
        }
    }

    @Override
    public long run(long operations) {
        group.allReduce(operations, Reduction.SUM);
        return reduce(group, numbers, operations);
    }

    /// @return the sum of the last elements of all results
    private static long reduce(Group group, long[] numbers, long operations) {
        long sum = 0;
        for (long i = 0; i < operations; i++) {
            Arrays.fill(numbers, i % 100 + group.rank());
            group.allReduce(Numbers.of(numbers), Reduction.SUM);
            sum += numbers[numbers.length - 1];
        }
        return sum;
    }

    @Override
    public void close() {
        partners.forEach(PartnerProcess::close);
        group.close();
        try {
            Path directory = Path.of("/dev/shm", place + ".d");
            Files.deleteIfExists(directory.resolve("ranks"));
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("ranks: close", e);
        }
    }
}

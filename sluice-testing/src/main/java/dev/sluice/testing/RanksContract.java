package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.ranks.Grid;
import dev.sluice.ranks.Group;
import dev.sluice.ranks.Items;
import dev.sluice.ranks.Numbers;
import dev.sluice.ranks.Reduction;
import java.nio.DoubleBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What every group of ranks does, however far its ranks are from each other: messages, collective operations,
/// and what is refused. What happens when a rank fails is in [RankFailuresContract].
public abstract class RanksContract {
    private static final int[] SIZES = {1, 2, 3, 4, 5, 7, 8};
    private static final AtomicInteger NAMES = new AtomicInteger();

    /// For the subclass that says at which distance.
    protected RanksContract() {}

    /// An address that no group has.
    ///
    /// @param name letters, digits and dashes
    protected abstract String address(String name);

    /// Takes away what a test has left.
    protected void destroy() {}

    @AfterEach
    final void takeAway() {
        destroy(); // which would not be called if it were overridden with the annotation left out
    }

    private String fresh() {
        return address("g" + ProcessHandle.current().pid() + "-" + NAMES.incrementAndGet());
    }

    /// What a rank does.
    private interface Rank {
        void run(Group group) throws Exception;
    }

    /// Runs ranks in each place.
    private void ranks(int size, Rank body) {
        Actors.everywhere(actors -> ranks(actors, size, body));
    }

    /// Runs ranks in one place for each size, in turn.
    private void ranksOfEachSize(Rank body) {
        Actors.everywhere(actors -> {
            for (int size : SIZES) {
                ranks(actors, size, body);
            }
        });
    }

    private void ranks(Actors actors, int size, Rank body) throws Exception {
        String address = fresh();
        for (int rank = 0; rank < size; rank++) {
            int own = rank;
            actors.start(() -> {
                try (Group group = Group.join(address, own, size)) {
                    body.run(group);
                    group.barrier(); // nobody leaves while another one still checks
                }
            });
        }
        actors.join();
    }

    // ---- messages

    @Test
    void messagesOfOneTagArriveInTheirOrder() {
        ranks(2, group -> {
            Items<Integer> items = group.items(Integer.class);
            if (group.rank() == 0) {
                for (int i = 0; i < 3000; i++) {
                    items.send(1, i % 3, i);
                }
            } else {
                for (int tag : new int[] {2, 0, 1}) {
                    for (int i = tag; i < 3000; i += 3) {
                        assertThat(items.receive(0, tag)).isEqualTo(i);
                    }
                }
            }
        });
    }

    @Test
    void largeMessagesCrossEachOther() {
        ranks(3, group -> {
            Items<String> items = group.items(String.class);
            String own = String.valueOf(group.rank()).repeat(900_000);
            int next = (group.rank() + 1) % 3;
            int previous = (group.rank() + 2) % 3;
            items.send(next, 7, own); // all send before anybody receives
            items.send(previous, 8, own);
            assertThat(items.receive(previous, 7))
                    .isEqualTo(String.valueOf(previous).repeat(900_000));
            assertThat(items.receive(next, 8)).isEqualTo(String.valueOf(next).repeat(900_000));
            assertThat(group.statistics().bytes()).isGreaterThan(1_800_000);
        });
    }

    @Test
    void messagesOfAnybodyComeFromAll() {
        ranks(4, group -> {
            Items<String> items = group.items(String.class);
            if (group.rank() != 0) {
                for (int i = 0; i < 50; i++) {
                    items.send(0, 3, group.rank() + "/" + i);
                }
                return;
            }
            int[] seen = new int[4];
            for (int i = 0; i < 150; i++) {
                Items.Arrived<String> arrived = items.receiveAny(3);
                assertThat(arrived.value()).isEqualTo(arrived.from() + "/" + seen[arrived.from()]++);
            }
            assertThat(seen).containsExactly(0, 50, 50, 50);
        });
    }

    @Test
    void messagesAndCollectiveOperationsDoNotMeet() {
        ranks(3, group -> {
            Items<Integer> items = group.items(Integer.class);
            int next = (group.rank() + 1) % 3;
            int previous = (group.rank() + 2) % 3;
            for (int round = 0; round < 50; round++) {
                items.send(next, 0, round);
                assertThat(group.allReduce(round, Reduction.SUM)).isEqualTo(3L * round);
                items.send(next, 0, -round);
                assertThat(items.allGather(round)).containsExactly(round, round, round);
                assertThat(items.receive(previous, 0)).isEqualTo(round);
                assertThat(items.receive(previous, 0)).isEqualTo(-round);
            }
        });
    }

    // ---- items

    @Test
    void itemsGoFromOneToAllAndBack() {
        ranksOfEachSize(group -> {
            Items<String> items = group.items(String.class);
            int size = group.size();
            List<String> all =
                    IntStream.range(0, size).mapToObj(rank -> "of " + rank).toList();
            for (int root = 0; root < size; root++) {
                boolean own = group.rank() == root;
                assertThat(items.broadcast(root, () -> "news " + group.rank())).isEqualTo("news " + root);
                assertThat(items.scatter(root, () -> own ? all : List.of())).isEqualTo("of " + group.rank());
                assertThat(items.gather(root, "of " + group.rank())).isEqualTo(own ? all : List.of());
            }
            assertThat(items.allGather("of " + group.rank())).isEqualTo(all);
            List<String> mine = IntStream.range(0, size)
                    .mapToObj(rank -> group.rank() + " to " + rank)
                    .toList();
            List<String> theirs = IntStream.range(0, size)
                    .mapToObj(rank -> rank + " to " + group.rank())
                    .toList();
            assertThat(items.allToAll(mine)).isEqualTo(theirs);
        });
    }

    @Test
    void operatorsGetTheRanksInTheirOrder() {
        ranksOfEachSize(group -> {
            Items<String> items = group.items(String.class);
            int size = group.size();
            String own = Character.toString('a' + group.rank());
            String all = "abcdefgh".substring(0, size);
            for (int root = 0; root < size; root++) {
                assertThat(items.reduce(root, own, String::concat).orElse("nothing"))
                        .isEqualTo(group.rank() == root ? all : "nothing");
            }
            assertThat(items.allReduce(own, String::concat)).isEqualTo(all);
            assertThat(items.scan(own, String::concat)).isEqualTo(all.substring(0, group.rank() + 1));
        });
    }

    @Test
    void nobodyPassesABarrierBeforeAllHaveCome() {
        ConcurrentMap<String, AtomicInteger> arrived = new ConcurrentHashMap<>();
        ranksOfEachSize(group -> {
            AtomicInteger here = arrived.computeIfAbsent(group.name(), _ -> new AtomicInteger());
            for (int round = 1; round <= 20; round++) {
                here.incrementAndGet();
                group.barrier();
                assertThat(here.get()).isGreaterThanOrEqualTo(round * group.size());
                group.barrier();
            }
        });
    }

    // ---- numbers

    @Test
    void numbersAreReducedAtTheirPlaces() {
        ranksOfEachSize(group -> {
            int size = group.size();
            for (int count : new int[] {0, 1, 5, 1024, 1025, 40_001}) {
                long[] sums = LongStream.range(0, count)
                        .map(i -> i * (group.rank() + 1))
                        .toArray();
                long[] first = sums.clone();
                long[] upTo = sums.clone();
                long weight = LongStream.rangeClosed(1, size).sum();
                group.allReduce(Numbers.of(sums), Reduction.SUM);
                assertThat(sums)
                        .isEqualTo(
                                LongStream.range(0, count).map(i -> i * weight).toArray());
                int root = size - 1;
                long[] before = first.clone();
                group.reduce(root, Numbers.of(first), Reduction.SUM);
                assertThat(first).isEqualTo(group.rank() == root ? sums : before);
                long below = LongStream.rangeClosed(1, group.rank() + 1).sum();
                group.scan(Numbers.of(upTo), Reduction.SUM);
                assertThat(upTo)
                        .isEqualTo(
                                LongStream.range(0, count).map(i -> i * below).toArray());
                long[] given = group.rank() == root ? sums.clone() : new long[count];
                group.broadcast(root, Numbers.of(given));
                assertThat(given).isEqualTo(sums);
            }
        });
    }

    @Test
    void eachReductionIsWhatItSays() {
        ranks(5, group -> {
            long own = 3L << group.rank();
            assertThat(group.allReduce(own, Reduction.SUM)).isEqualTo(3 * 31);
            assertThat(group.allReduce(own, Reduction.PRODUCT)).isEqualTo(243L << 10);
            assertThat(group.allReduce(own, Reduction.LEAST)).isEqualTo(3);
            assertThat(group.allReduce(own, Reduction.GREATEST)).isEqualTo(48);
            assertThat(group.allReduce(own | 64, Reduction.AND)).isEqualTo(64);
            assertThat(group.allReduce(own, Reduction.OR)).isEqualTo(63);
            assertThat(group.allReduce(own, Reduction.XOR)).isEqualTo(3 ^ 6 ^ 12 ^ 24 ^ 48);
            double half = own / 2.0;
            assertThat(group.allReduce(half, Reduction.SUM)).isEqualTo(46.5);
            assertThat(group.allReduce(half, Reduction.PRODUCT)).isEqualTo((243 << 10) / 32.0);
            assertThat(group.allReduce(half, Reduction.LEAST)).isEqualTo(1.5);
            assertThat(group.allReduce(half, Reduction.GREATEST)).isEqualTo(24.0);
            assertThatThrownBy(() -> group.allReduce(half, Reduction.XOR))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("XOR");
        });
    }

    @Test
    void floatingPointSumsHaveTheSameBitsEverywhereAndAlways() {
        ConcurrentMap<String, String> known = new ConcurrentHashMap<>();
        ranksOfEachSize(group -> {
            for (int count : new int[] {3, 5000}) {
                double[] values =
                        new Random(group.rank()).doubles(count, -1e9, 1e9).toArray();
                group.allReduce(Numbers.of(DoubleBuffer.wrap(values)), Reduction.SUM);
                String bits = Arrays.stream(values)
                        .mapToObj(value -> Long.toHexString(Double.doubleToRawLongBits(value)))
                        .toList()
                        .toString();
                String before = known.putIfAbsent(group.size() + "/" + count, bits);
                assertThat(before == null || before.equals(bits)).isTrue();
            }
        });
    }

    // ---- what is refused

    @Test
    void whoeverCallsAnotherOperationIsToldSo() {
        Actors.everywhere(actors -> {
            String address = fresh();
            List<Throwable> failures = new CopyOnWriteArrayList<>();
            for (int rank = 0; rank < 2; rank++) {
                int own = rank;
                actors.start(() -> {
                    try (Group group = Group.join(address, own, 2)) {
                        Throwable failure = catching(() -> {
                            if (own == 0) {
                                group.barrier();
                            } else {
                                group.items(Integer.class).allGather(1);
                            }
                        });
                        failures.add(failure);
                        assertThat(group.isBroken()).isTrue();
                    }
                });
            }
            actors.join();
            assertThat(failures)
                    .anySatisfy(failure -> assertThat(failure)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("the same operations in the same order"));
        });
    }

    @Test
    void whoeverGivesAnotherCountIsToldSo() {
        Actors.everywhere(actors -> {
            String address = fresh();
            List<Throwable> failures = new CopyOnWriteArrayList<>();
            for (int rank = 0; rank < 2; rank++) {
                int own = rank;
                actors.start(() -> {
                    try (Group group = Group.join(address, own, 2)) {
                        failures.add(catching(() -> group.allReduce(Numbers.of(new long[own + 1]), Reduction.SUM)));
                    }
                });
            }
            actors.join();
            assertThat(failures)
                    .anySatisfy(failure -> assertThat(failure)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("all ranks give as many numbers"));
        });
    }

    private static Throwable catching(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        Throwable thrown = org.assertj.core.api.Assertions.catchThrowable(call);
        assertThat(thrown).isNotNull();
        return thrown;
    }

    @Test
    void nonsenseIsRefusedAndHurtsNobody() {
        ranks(2, group -> {
            Items<Integer> items = group.items(Integer.class);
            List<org.assertj.core.api.ThrowableAssert.ThrowingCallable> calls = List.of(
                    () -> items.send(2, 0, 1),
                    () -> items.send(-1, 0, 1),
                    () -> items.send(group.rank(), 0, 1),
                    () -> items.send(1 - group.rank(), -1, 1),
                    () -> items.receive(group.rank(), 0),
                    () -> items.receiveAny(-1),
                    () -> items.broadcast(2, () -> 1),
                    () -> items.scatter(group.rank(), () -> List.of(1)),
                    () -> items.allToAll(List.of(1, 2, 3)),
                    () -> group.reduce(-1, Numbers.of(new long[1]), Reduction.SUM),
                    () -> group.original(2));
            for (var call : calls) {
                assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class);
            }
            assertThatThrownBy(group::shrink)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("broken=false");
            assertThat(group.allReduce(1, Reduction.SUM)).isEqualTo(2);
        });
        for (int[] wrong : new int[][] {{0, 0}, {-1, 2}, {2, 2}, {0, 64}}) {
            assertThatThrownBy(() -> Group.join(fresh(), wrong[0], wrong[1]))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        for (String address : List.of("local:", "shm:x", "tcp:x/y", "x")) {
            assertThatThrownBy(() -> Group.join(address, 0, 1)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aClosedGroupIsNotUsed() throws Exception {
        Group group = Group.join(fresh(), 0, 1);
        group.barrier();
        group.close();
        group.close();
        assertThatThrownBy(group::barrier)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> group.items(Integer.class).receiveAny(0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void nobodyIsWaitedForWhoCannotCome() {
        ranks(
                1,
                group -> assertThatThrownBy(() -> group.items(Integer.class).receiveAny(0))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("expected another rank"));
    }

    @Test
    void aNameServesOneGroupAfterTheOther() {
        Actors.everywhere(actors -> {
            String address = fresh();
            for (int round = 1; round <= 3; round++) {
                int size = round;
                for (int rank = 0; rank < size; rank++) {
                    int own = rank;
                    actors.start(() -> {
                        try (Group group = Group.join(address, own, size)) {
                            assertThat(group.allReduce(own, Reduction.SUM)).isEqualTo(size * (size - 1L) / 2);
                            group.barrier();
                        }
                    });
                }
                actors.join();
            }
        });
    }

    // ---- grids

    @Test
    void aGridKnowsItsNeighbours() {
        ranks(6, group -> {
            Grid grid = Grid.of(group, 2, 3);
            assertThat(grid.place(4)).containsExactly(1, 1);
            assertThat(grid.rank(1, 2)).hasValue(5);
            assertThat(grid.rank(2, 0)).isEmpty();
            assertThat(grid.neighbour(4, 0, -1)).hasValue(1);
            assertThat(grid.neighbour(4, 1, 2)).isEmpty();
            Grid ring = Grid.ring(group, 2, 3);
            assertThat(ring.neighbour(4, 1, 2)).hasValue(3);
            assertThat(ring.neighbour(0, 0, -1)).hasValue(3);
            for (int rank = 0; rank < 6; rank++) {
                assertThat(ring.rank(ring.place(rank))).hasValue(rank);
            }
            assertThatThrownBy(() -> Grid.of(group, 2, 2)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> grid.rank(1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> grid.place(6)).isInstanceOf(IllegalArgumentException.class);
        });
    }
}

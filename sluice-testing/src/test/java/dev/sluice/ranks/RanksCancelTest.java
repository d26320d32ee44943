package dev.sluice.ranks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.ranks.RankFailedException.How;
import dev.sluice.task.TaskGroup;
import dev.sluice.testing.Cancellations;
import dev.sluice.testing.RankFailuresContract;
import dev.sluice.testing.RankFailuresContract.Rank;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// One rank is cancelled at each suspension of each operation, in virtual time: what had not begun is done
/// again, what had fails at all, and all go on together.
@Tag("needs-opens")
class RanksCancelTest {
    private static final int SIZE = 3;
    private static final AtomicInteger NAMES = new AtomicInteger();

    /// A group whose rank 0 is the one that is cancelled.
    private final class Party {
        private final String address = "local:cancel-" + NAMES.incrementAndGet();
        private final TaskGroup<Object, Void> tasks = TaskGroup.open();
        private final Rank body;
        private final Group own;
        private boolean done;

        Party(Rank body) {
            this.body = body;
            for (int rank = 1; rank < SIZE; rank++) {
                int other = rank;
                tasks.start("rank " + rank, () -> other(other));
            }
            this.own = Group.join(address, 0, SIZE);
        }

        private void other(int rank) throws Exception {
            try (Group group = Group.join(address, rank, SIZE)) {
                Group now = group;
                try {
                    body.run(group);
                    group.barrier();
                } catch (RankFailedException failed) {
                    assertThat(failed.rank()).isZero();
                    assertThat(failed.how()).isEqualTo(How.CANCELLED);
                    now = group.shrink();
                }
                goOn(now);
            }
        }

        /// In the scope that is cancelled.
        void work() throws Exception {
            body.run(own);
            done = true;
        }

        /// What rank 0 does then: the rest, or all of it if that had not begun.
        void finish() throws Exception {
            if (own.isBroken()) {
                failures.incrementAndGet();
                goOn(own.shrink());
            } else {
                if (!done) {
                    again.incrementAndGet();
                    body.run(own);
                }
                own.barrier();
                goOn(own);
            }
            own.close();
            tasks.join();
            tasks.close();
        }
    }

    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicInteger again = new AtomicInteger();

    private static void goOn(Group group) {
        assertThat(group.size()).isEqualTo(SIZE);
        Items<String> items = group.items(String.class);
        assertThat(items.allGather("of " + group.rank())).containsExactly("of 0", "of 1", "of 2");
        assertThat(group.allReduce(1, Reduction.SUM)).isEqualTo(SIZE);
    }

    private int everywhere(Rank body) throws Exception {
        return Cancellations.atEverySuspension(() -> new Party(body), Party::work, Party::finish);
    }

    @Test
    void ofAllTogether() throws Exception {
        for (RankFailuresContract.Collective collective : RankFailuresContract.all()) {
            int cancelled = everywhere(collective.body());
            assertThat(cancelled).as(collective.name()).isPositive();
        }
        assertThat(failures).as("begun when it was cancelled").hasPositiveValue();
        assertThat(again).as("not begun").hasPositiveValue();
    }

    @Test
    void ofOneToOne() throws Exception {
        String large = "x".repeat(500_000); // more than there is room for
        List<Rank> all = List.of(
                group -> {
                    if (group.rank() == 0) {
                        assertThat(items(group).receive(1, 7)).isEqualTo(large);
                    } else if (group.rank() == 1) {
                        items(group).send(0, 7, large);
                    }
                },
                group -> {
                    if (group.rank() == 0) {
                        assertThat(items(group).receiveAny(7).value()).isEqualTo(large);
                    } else if (group.rank() == 2) {
                        items(group).send(0, 7, large);
                    }
                },
                group -> {
                    if (group.rank() == 0) {
                        items(group).send(1, 7, large);
                    } else if (group.rank() == 1) {
                        assertThat(items(group).receive(0, 7)).isEqualTo(large);
                    }
                });
        for (Rank body : all) {
            assertThat(everywhere(body)).isPositive();
        }
    }

    private static Items<String> items(Group group) {
        return group.items(String.class);
    }

    /// A group whose rank 1 has gone.
    private static final class Rest {
        private final String address = "local:cancel-" + NAMES.incrementAndGet();
        private final TaskGroup<Object, Void> tasks = TaskGroup.open();
        private final Group own;
        private Group left;

        Rest() {
            tasks.start("rank 1", () -> Group.join(address, 1, SIZE).abort());
            tasks.start("rank 2", () -> {
                try (Group group = Group.join(address, 2, SIZE)) {
                    assertThatThrownBy(group::barrier).isInstanceOf(RankFailedException.class);
                    goOn(group.shrink());
                }
            });
            own = Group.join(address, 0, SIZE);
            left = own;
            assertThatThrownBy(own::barrier).isInstanceOf(RankFailedException.class);
        }

        private static void goOn(Group group) {
            assertThat(items(group).allGather("of " + group.rank())).containsExactly("of 0", "of 1");
        }

        void finish() throws Exception {
            if (left == own) {
                left = own.shrink();
            }
            goOn(left);
            left.close();
            tasks.join();
            tasks.close();
        }
    }

    @Test
    void ofShrinking() throws Exception {
        int cancelled = Cancellations.atEverySuspension(Rest::new, rest -> rest.left = rest.own.shrink(), Rest::finish);
        assertThat(cancelled).isPositive();
    }
}

package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelledException;
import dev.sluice.cancel.DeadlineExceededException;
import dev.sluice.ranks.Group;
import dev.sluice.ranks.Items;
import dev.sluice.ranks.Numbers;
import dev.sluice.ranks.RankFailedException;
import dev.sluice.ranks.RankFailedException.How;
import dev.sluice.ranks.Reduction;
import dev.sluice.space.SpaceException;
import dev.sluice.task.CancelScope;
import dev.sluice.task.Deadline;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What happens in every group of ranks when one of them fails, or is cancelled. That of killed processes is
/// shown where there are any.
public abstract class RankFailuresContract {
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final int LONG = 50_000;

    /// For the subclass that says at which distance.
    protected RankFailuresContract() {}

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
        return address("f" + ProcessHandle.current().pid() + "-" + NAMES.incrementAndGet());
    }

    /// What a rank does.
    public interface Rank {
        /// Runs as one rank.
        void run(Group group) throws Exception;
    }

    /// An operation in which all ranks take part.
    ///
    /// @param name as exceptions tell it
    public record Collective(String name, Rank body) {
        @Override
        public String toString() {
            return name;
        }
    }

    /// One of each, all of which need every rank, or end in one that does.
    public static List<Collective> all() {
        return List.of(
                new Collective("barrier", Group::barrier),
                new Collective("broadcast", group -> items(group).broadcast(root(group), () -> "x".repeat(LONG))),
                new Collective("scatter", group -> items(group).scatter(root(group), () -> copies(group))),
                new Collective("gather", group -> items(group).gather(0, "x")),
                new Collective("all-gather", group -> items(group).allGather("x".repeat(LONG))),
                new Collective("all-to-all", group -> items(group).allToAll(copies(group))),
                new Collective("reduce", group -> items(group).reduce(0, "x", String::concat)),
                new Collective("all-reduce", group -> items(group).allReduce("x", String::concat)),
                new Collective("scan", group -> items(group).scan("x", String::concat)),
                new Collective("broadcast", group -> group.broadcast(root(group), Numbers.of(new long[LONG]))),
                new Collective("reduce", group -> group.reduce(0, Numbers.of(new long[LONG]), Reduction.SUM)),
                new Collective("all-reduce", group -> group.allReduce(1, Reduction.SUM)),
                new Collective("all-reduce", group -> group.allReduce(Numbers.of(new double[LONG]), Reduction.SUM)),
                new Collective("scan", group -> group.scan(Numbers.of(new long[LONG]), Reduction.SUM)));
    }

    private static int root(Group group) {
        return Math.min(1, group.size() - 1);
    }

    private static Items<String> items(Group group) {
        return group.items(String.class);
    }

    private static List<String> copies(Group group) {
        return Collections.nCopies(group.size(), "x".repeat(LONG));
    }

    private void ranks(Actors actors, int size, Rank body) throws Exception {
        String address = fresh();
        for (int rank = 0; rank < size; rank++) {
            int own = rank;
            actors.start(() -> {
                try (Group group = Group.join(address, own, size)) {
                    body.run(group);
                }
            });
        }
        actors.join();
    }

    private void ranks(int size, Rank body) {
        Actors.everywhere(actors -> ranks(actors, size, body));
    }

    private static RankFailedException failure(Group group, Rank body) {
        return catchThrowableOfType(RankFailedException.class, () -> {
            body.run(group);
            group.barrier(); // who got all it needs before finds out here
        });
    }

    /// Those who are left go on, and nothing of what was is in their way.
    private static Group goOn(Group broken, int left) throws Exception {
        Group rest = broken.shrink();
        assertThat(rest.size()).isEqualTo(left);
        for (Collective collective : all()) {
            collective.body.run(rest);
        }
        assertThat(items(rest).allGather("of " + rest.rank())).hasSize(left).contains("of 0");
        return rest;
    }

    // ---- ranks that fail

    @Test
    void aRankThatGivesUpFailsEachOperationOfTheOthers() {
        Actors.everywhere(actors -> {
            for (Collective collective : all()) {
                ranks(actors, 3, group -> {
                    if (group.rank() == 1) {
                        group.abort();
                        return;
                    }
                    RankFailedException failure = failure(group, collective.body);
                    assertThat(failure).as(collective.name).isNotNull();
                    assertThat(failure.rank()).isEqualTo(1);
                    assertThat(failure.how()).isEqualTo(How.FAILED);
                    assertThat(failure).hasMessageContaining("rank 1 of 3 has failed");
                    assertThatThrownBy(group::barrier).isInstanceOf(RankFailedException.class);
                    assertThat(group.isBroken()).isTrue();
                    Group rest = goOn(group, 2);
                    assertThat(rest.original(rest.rank())).isEqualTo(group.rank());
                    assertThatThrownBy(group::barrier)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("shrunk");
                });
            }
        });
    }

    @Test
    void aRankThatLeavesFailsThoseWhoWaitForIt() {
        Actors.everywhere(actors -> {
            for (Collective collective : all()) {
                ranks(actors, 3, group -> {
                    if (group.rank() == 1) {
                        return;
                    }
                    RankFailedException failure = failure(group, collective.body);
                    assertThat(failure).as(collective.name).isNotNull();
                    assertThat(failure.rank()).isEqualTo(1);
                    assertThat(failure.how()).isEqualTo(How.LEFT);
                    goOn(group, 2);
                });
            }
        });
    }

    @Test
    void whatALeaverSentIsStillReceived() {
        ranks(2, group -> {
            if (group.rank() == 0) {
                items(group).send(1, 5, "last words");
            } else {
                assertThat(items(group).receive(0, 5)).isEqualTo("last words");
                assertThatThrownBy(() -> items(group).receive(0, 5))
                        .isInstanceOf(RankFailedException.class)
                        .hasMessageContaining("rank 0 of 2 has left");
            }
        });
    }

    @Test
    void whoeverWaitsForAnybodyLearnsThatNobodyIsLeft() {
        ranks(3, group -> {
            if (group.rank() != 0) {
                items(group).send(0, 1, "x");
                return;
            }
            assertThat(items(group).receiveAny(1).value()).isEqualTo("x");
            assertThat(items(group).receiveAny(1).value()).isEqualTo("x");
            assertThatThrownBy(() -> items(group).receiveAny(1))
                    .isInstanceOfSatisfying(
                            RankFailedException.class,
                            gone -> assertThat(gone.how()).isEqualTo(How.LEFT));
        });
    }

    @Test
    void nothingIsSentToWhomHasLeft() {
        ranks(2, group -> {
            group.barrier();
            if (group.rank() == 0) {
                assertThatThrownBy(() -> {
                            for (int i = 0; i < 1_000_000; i++) {
                                items(group).send(1, 5, "x".repeat(LONG));
                            }
                        })
                        .isInstanceOf(RankFailedException.class)
                        .hasMessageContaining("rank 1 of 2 has left");
            }
        });
    }

    @Test
    void aRankWhoseScopeIsLeftCountsAsDead() {
        Actors.everywhere(actors -> {
            String address = fresh();
            actors.start(() -> CancelScope.run(_ -> {
                Group forgotten = Group.join(address, 0, 2);
                forgotten.barrier();
            }));
            actors.start(() -> {
                try (Group group = Group.join(address, 1, 2)) {
                    assertThatThrownBy(() -> {
                                group.barrier();
                                group.barrier();
                            })
                            .isInstanceOfSatisfying(
                                    RankFailedException.class,
                                    died -> assertThat(died.how()).isEqualTo(How.DIED))
                            .hasMessageContaining("rank 0 of 2 has died");
                }
            });
            actors.join();
        });
    }

    @Test
    void severalFailOneAfterTheOther() {
        Actors.everywhere(actors -> {
            AtomicInteger wentOn = new AtomicInteger();
            ranks(actors, 4, first -> {
                Group group = first;
                int all = 0;
                for (int left = 4; left > 1; left--) {
                    if (group.rank() == left / 2) {
                        int before = all;
                        Actors.await("all have gone on", () -> wentOn.get() >= before);
                        group.abort();
                        return;
                    }
                    assertThat(failure(group, Group::barrier)).isNotNull();
                    group = goOn(group, left - 1);
                    wentOn.incrementAndGet();
                    all += left - 1;
                }
                assertThat(group.size()).isEqualTo(1);
            });
        });
    }

    @Test
    void anOperatorThatThrowsFailsAll() {
        ranks(3, group -> {
            Throwable failure = catchThrowable(() -> {
                items(group).allReduce("x", (_, _) -> {
                    throw new ArithmeticException("no");
                });
                group.barrier();
            });
            assertThat(failure).isInstanceOfAny(ArithmeticException.class, RankFailedException.class);
            goOn(group, 3); // nobody has gone
        });
    }

    // ---- cancellation

    @Test
    void aDeadlineInTheMiddleFailsTheOthers() {
        ranks(3, group -> {
            if (group.rank() == 0) {
                assertThatThrownBy(() -> Deadline.after(Duration.ofMillis(20)).run(group::barrier))
                        .isInstanceOf(DeadlineExceededException.class);
            } else if (group.rank() == 1) {
                assertThatThrownBy(group::barrier) // never gets what rank 2 does not send
                        .isInstanceOfSatisfying(RankFailedException.class, failed -> {
                            assertThat(failed.rank()).isZero();
                            assertThat(failed.how()).isEqualTo(How.CANCELLED);
                            assertThat(failed.operation()).isEqualTo("barrier");
                        });
            } else {
                assertThatThrownBy(() -> items(group).receive(1, 0)).isInstanceOf(RankFailedException.class);
            }
            goOn(group, 3);
        });
    }

    @Test
    void whatHadNotBegunHasNotHappened() {
        ranks(2, group -> {
            if (group.rank() == 0) {
                for (int i = 0; i < 3; i++) {
                    assertThatThrownBy(() -> Deadline.after(Duration.ofMillis(5))
                                    .run(() -> items(group).broadcast(1, () -> "x")))
                            .isInstanceOf(DeadlineExceededException.class);
                    assertThatThrownBy(() -> Deadline.after(Duration.ofMillis(5))
                                    .run(() -> items(group).receive(1, 3)))
                            .isInstanceOf(DeadlineExceededException.class);
                    assertThatThrownBy(() -> Deadline.after(Duration.ofMillis(5))
                                    .run(() -> items(group).receiveAny(3)))
                            .isInstanceOf(DeadlineExceededException.class);
                }
                items(group).send(1, 1, "begin");
            } else {
                assertThat(items(group).receive(0, 1)).isEqualTo("begin");
                items(group).send(0, 3, "message");
            }
            assertThat(items(group).broadcast(1, () -> "news")).isEqualTo("news");
            if (group.rank() == 0) {
                assertThat(items(group).receive(1, 3)).isEqualTo("message");
            }
            group.barrier();
        });
    }

    @Test
    void aCancelledSenderHasSentAllOrNothing() {
        Actors.everywhere(actors -> {
            AtomicInteger sent = new AtomicInteger();
            CountDownLatch full = new CountDownLatch(1);
            ranks(actors, 2, group -> {
                if (group.rank() == 0) {
                    assertThatThrownBy(() -> {
                                while (true) { // until there is no room
                                    Deadline.after(Duration.ofMillis(20))
                                            .run(() -> items(group).send(1, 0, "x".repeat(3000) + sent));
                                    sent.incrementAndGet();
                                }
                            })
                            .isInstanceOf(DeadlineExceededException.class);
                    full.countDown();
                } else {
                    Sluice.offload(() -> full.await());
                    for (int i = 0; i < sent.get(); i++) {
                        assertThat(items(group).receive(0, 0)).isEqualTo("x".repeat(3000) + i);
                    }
                }
                group.barrier();
            });
        });
    }

    @Test
    void cancellationEndsEachWait() {
        ranks(2, group -> {
            group.barrier();
            if (group.rank() == 0) {
                for (Collective collective : all()) {
                    AtomicReference<CancelScope> scope = new AtomicReference<>();
                    CancelScope.run(own -> {
                        scope.set(own);
                        own.cancel("enough");
                        assertThatThrownBy(() -> collective.body.run(group)).isInstanceOf(CancelledException.class);
                        assertThatThrownBy(group::shrink)
                                .isInstanceOfAny(CancelledException.class, IllegalStateException.class);
                    });
                }
                assertThat(group.isBroken()).isFalse();
            }
            group.barrier();
        });
    }

    @Test
    void aCancelledShrinkCanBeCalledAgain() {
        Actors.everywhere(actors -> {
            CountDownLatch tried = new CountDownLatch(1);
            ranks(actors, 3, group -> {
                if (group.rank() == 2) {
                    group.abort();
                    return;
                }
                assertThat(failure(group, Group::barrier)).isNotNull();
                if (group.rank() == 0) {
                    assertThatThrownBy(
                                    () -> Deadline.after(Duration.ofMillis(20)).run(group::shrink))
                            .isInstanceOf(DeadlineExceededException.class);
                    tried.countDown();
                } else {
                    Sluice.offload(() -> tried.await());
                }
                goOn(group, 2);
            });
        });
    }

    // ---- joining

    @Test
    void whoeverDoesNotComeIsWaitedForUntilTheDeadline() {
        oneGivesUpToJoin(join -> assertThatThrownBy(
                        () -> Deadline.after(Duration.ofMillis(30)).run(join::run))
                .isInstanceOfAny(DeadlineExceededException.class, SpaceException.class));
    }

    @Test
    void whoeverIsCancelledBeforeItJoinsIsNotWaitedForEither() {
        oneGivesUpToJoin(join -> CancelScope.run(scope -> {
            scope.cancel("before it has joined");
            assertThatThrownBy(join::run).isInstanceOfAny(CancelledException.class, SpaceException.class);
        }));
    }

    private void oneGivesUpToJoin(Consumer<Runnable> givesUp) {
        Actors.everywhere(actors -> {
            String address = fresh();
            CompletableFuture<Void> other = actors.start(() -> assertThatThrownBy(() -> Group.join(address, 1, 3))
                    .isInstanceOfAny(RankFailedException.class, SpaceException.class));
            actors.start(() -> {
                do { // again if the other one had not come yet, or has not gone yet
                    givesUp.accept(() -> Group.join(address, 0, 3));
                    Sluice.yield();
                } while (!other.isDone());
            });
            actors.join();
            for (int rank = 0; rank < 2; rank++) { // it can be made anew
                int own = rank;
                actors.start(() -> {
                    try (Group group = Group.join(address, own, 2)) {
                        group.barrier();
                    }
                });
            }
            actors.join();
        });
    }

    @Test
    void aRankIsTakenOnceAndAllSayTheSameSize() {
        Actors.everywhere(actors -> {
            String address = fresh();
            ranksAt(actors, address);
            actors.join();
        });
    }

    private static void ranksAt(Actors actors, String address) {
        for (int rank = 0; rank < 2; rank++) {
            int own = rank;
            actors.start(() -> {
                try (Group group = Group.join(address, own, 2)) {
                    group.barrier();
                    assertThatThrownBy(() -> Group.join(address, own, 2))
                            .isInstanceOfSatisfying(
                                    SpaceException.class,
                                    taken -> assertThat(taken.problem()).isEqualTo(SpaceException.Problem.BUSY));
                    assertThatThrownBy(() -> Group.join(address, 2, 3))
                            .isInstanceOfSatisfying(
                                    SpaceException.class,
                                    other -> assertThat(other.problem()).isEqualTo(SpaceException.Problem.MISMATCH));
                    group.barrier();
                }
            });
        }
    }
}

package dev.sluice.task;

import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelReason;
import dev.sluice.cancel.CancelledException;
import dev.sluice.testing.Simulated;
import dev.sluice.testing.Simulation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;

/// What joining a group of random tasks does, by each policy, beside a model that computes it.
@Tag("needs-opens")
class GroupPolicyTest {
    /// What a task will do: it waits, then succeeds with its number, or fails.
    private record Plan(int number, int millis, boolean fails) {
        String name() {
            return "t" + number;
        }
    }

    /// Random plans, many of which end at the same moment, and what was seen of them.
    private static final class Plans {
        final List<Plan> all = new ArrayList<>();
        // In their order: a task that has ended is dealt with before another one runs.
        final Set<Integer> threw = new LinkedHashSet<>();
        final Set<Integer> returned = new LinkedHashSet<>();

        final Set<Integer> cancelled = new HashSet<>();

        Plans(RandomGenerator random) {
            int count = random.nextInt(1, 9);
            double failing = random.nextDouble();
            for (int i = 0; i < count; i++) {
                all.add(new Plan(i, 10 * random.nextInt(5), random.nextDouble() < failing));
            }
        }

        void startIn(TaskGroup<? super Integer, ?> group) {
            for (Plan plan : all) {
                group.start(plan.name(), () -> carryOut(plan));
            }
        }

        private int carryOut(Plan plan) throws IOException {
            try {
                Sluice.sleep(ofMillis(plan.millis()));
            } catch (CancelledException e) {
                cancelled.add(plan.number());
                throw e;
            }
            if (plan.fails()) {
                threw.add(plan.number());
                throw new IOException("failure of " + plan.name());
            }
            returned.add(plan.number());
            return plan.number();
        }

        boolean someFail() {
            return all.stream().anyMatch(Plan::fails);
        }

        boolean someSucceed() {
            return all.stream().anyMatch(plan -> !plan.fails());
        }

        int firstEnd(boolean fails) {
            return all.stream()
                    .filter(plan -> plan.fails() == fails)
                    .mapToInt(Plan::millis)
                    .min()
                    .orElseThrow();
        }

        int lastEnd() {
            return all.stream().mapToInt(Plan::millis).max().orElseThrow();
        }

        /// None that threw is lost, none is told of twice, and the first to fail is the one thrown.
        void assertAllFailuresIn(Throwable thrown) {
            var primary = (TaskFailedException) thrown;
            List<String> told = new ArrayList<>();
            told.add(primary.task());
            for (Throwable other : primary.getSuppressed()) {
                told.add(((TaskFailedException) other).task());
                assertThat(other).hasCauseInstanceOf(IOException.class);
            }
            assertThat(told)
                    .containsExactlyInAnyOrderElementsOf(
                            threw.stream().map(number -> "main/t" + number).toList());
            assertThat(primary).hasCauseInstanceOf(IOException.class);
        }

        static int first(Set<Integer> ended) {
            return ended.iterator().next();
        }

        void assertAllEnded() {
            assertThat(threw.size() + returned.size() + cancelled.size()).isEqualTo(all.size());
        }
    }

    @Simulated(seeds = 300)
    void failFastEndsAtTheFirstFailureAndLosesNone(Simulation simulation) {
        var plans = new Plans(simulation.random());
        Throwable thrown = catchThrowable(() -> {
            try (var group = TaskGroup.open()) {
                plans.startIn(group);
                group.join();
            }
        });
        plans.assertAllEnded();
        if (!plans.someFail()) {
            assertThat(thrown).isNull();
            assertThat(simulation.elapsed()).isEqualTo(ofMillis(plans.lastEnd()));
            return;
        }
        plans.assertAllFailuresIn(thrown);
        assertThat(thrown).hasMessageStartingWith("task main/t" + Plans.first(plans.threw) + " failed");
        int end = plans.firstEnd(true);
        assertThat(simulation.elapsed()).isEqualTo(ofMillis(end));
        for (Plan plan : plans.all) {
            assertThat(plans.cancelled.contains(plan.number()))
                    .as("%s, which ends at %s of %s ms", plan.name(), plan.millis(), end)
                    .matches(cut -> cut ? plan.millis() >= end : plan.millis() <= end);
        }
    }

    @Simulated(seeds = 300)
    void allSuccessfulReturnsTheResultsInTheOrderOfTheStart(Simulation simulation) {
        var plans = new Plans(simulation.random());
        List<Integer> results = new ArrayList<>();
        Throwable thrown = catchThrowable(() -> {
            try (var group = TaskGroup.open(JoinPolicy.<Integer>allSuccessful())) {
                plans.startIn(group);
                results.addAll(group.join());
            }
        });
        plans.assertAllEnded();
        if (plans.someFail()) {
            plans.assertAllFailuresIn(thrown);
            assertThat(results).isEmpty();
        } else {
            assertThat(thrown).isNull();
            assertThat(results)
                    .isEqualTo(IntStream.range(0, plans.all.size()).boxed().toList());
        }
    }

    @Simulated(seeds = 300)
    void firstSuccessWinsAndOnlyIfNoneSucceedsAreFailuresThrown(Simulation simulation) {
        var plans = new Plans(simulation.random());
        List<Integer> winners = new ArrayList<>();
        Throwable thrown = catchThrowable(() -> {
            try (var group = TaskGroup.open(JoinPolicy.<Integer>firstSuccess())) {
                plans.startIn(group);
                winners.add(group.join());
            }
        });
        plans.assertAllEnded();
        if (plans.someSucceed()) {
            int end = plans.firstEnd(false);
            assertThat(thrown).isNull();
            assertThat(simulation.elapsed()).isEqualTo(ofMillis(end));
            assertThat(winners).containsExactly(Plans.first(plans.returned));
            assertThat(plans.all.get(winners.getFirst()).millis()).isEqualTo(end);
        } else {
            plans.assertAllFailuresIn(thrown);
            assertThat(plans.threw).hasSameSizeAs(plans.all);
            assertThat(simulation.elapsed()).isEqualTo(ofMillis(plans.lastEnd()));
        }
    }

    @Simulated(seeds = 300)
    void collectAllRunsEveryTaskToItsEnd(Simulation simulation) {
        var plans = new Plans(simulation.random());
        List<Outcome<Integer>> outcomes;
        try (var group = TaskGroup.open(JoinPolicy.<Integer>collectAll())) {
            plans.startIn(group);
            outcomes = group.join();
        }
        assertThat(simulation.elapsed()).isEqualTo(ofMillis(plans.lastEnd()));
        assertThat(outcomes).hasSameSizeAs(plans.all);
        for (Plan plan : plans.all) {
            switch (outcomes.get(plan.number())) {
                case Outcome.Succeeded<Integer>(Integer value) -> {
                    assertThat(plan.fails()).isFalse();
                    assertThat(value).isEqualTo(plan.number());
                }
                case Outcome.Failed<Integer>(Throwable failure) -> {
                    assertThat(plan.fails()).isTrue();
                    assertThat(failure).hasMessage("failure of " + plan.name());
                }
                case Outcome.Cancelled<Integer>(CancelReason why) -> throw new AssertionError(why.describe());
            }
        }
    }

    /// Enough when half of the tasks have succeeded.
    private static final class Half implements JoinPolicy<Integer, Set<Integer>> {
        private final int needed;
        private final Set<Integer> first = new HashSet<>();

        Half(int needed) {
            this.needed = needed;
        }

        @Override
        public boolean ended(Task<? extends Integer> task, Outcome<? extends Integer> outcome) {
            if (first.size() < needed && outcome instanceof Outcome.Succeeded<? extends Integer>(Integer value)) {
                first.add(value);
            }
            return first.size() == needed;
        }

        @Override
        public Set<Integer> result(List<Task<? extends Integer>> tasks) {
            return first;
        }
    }

    @Simulated(seeds = 300)
    void ownPolicyDecidesWhenItIsEnough(Simulation simulation) {
        var plans = new Plans(simulation.random());
        int succeeding = (int) plans.all.stream().filter(plan -> !plan.fails()).count();
        int needed = Math.max(1, plans.all.size() / 2);
        Set<Integer> half;
        try (var group = TaskGroup.open("quorum", new Half(needed))) {
            plans.startIn(group);
            half = group.join();
        }
        plans.assertAllEnded();
        assertThat(half).hasSize(Math.min(needed, succeeding)).isSubsetOf(plans.returned);
        int latestOfHalf = half.stream()
                .mapToInt(number -> plans.all.get(number).millis())
                .max()
                .orElse(0);
        for (int number : plans.returned) {
            if (!half.contains(number)) {
                assertThat(plans.all.get(number).millis()).isGreaterThanOrEqualTo(latestOfHalf);
            }
        }
    }

    @Simulated
    void policyThatFailsEndsTheGroupAndIsThrown() {
        var broken = new IllegalStateException("policy");
        TaskFailedException thrown = catchThrowableOfType(TaskFailedException.class, () -> {
            try (var group = TaskGroup.open(new JoinPolicy<Integer, Integer>() {
                @Override
                public boolean ended(Task<? extends Integer> task, Outcome<? extends Integer> outcome) {
                    throw broken;
                }

                @Override
                public Integer result(List<Task<? extends Integer>> tasks) {
                    return tasks.size();
                }
            })) {
                group.start("a", () -> 1);
                group.start("b", () -> 2);
                group.join();
            }
        });
        assertThat(thrown).hasCause(broken);
    }

    @Simulated
    void failuresOfNestedGroupsAreAllTold(Simulation simulation) {
        assertThatThrownBy(() -> {
                    try (var group = TaskGroup.open()) {
                        for (String outer : List.of("a", "b")) {
                            group.start(outer, () -> failTwice(outer));
                        }
                        group.join();
                    }
                })
                .isInstanceOf(TaskFailedException.class)
                .satisfies(thrown -> {
                    List<String> told = new ArrayList<>();
                    collect(thrown, told);
                    assertThat(told).contains("main/a", "main/a/1", "main/a/2", "main/b", "main/b/1", "main/b/2");
                });
        assertThat(simulation.elapsed()).isZero();
    }

    /// Two children that both fail before anybody is told, so that both failures happen.
    private static void failTwice(String outer) {
        try (var group = TaskGroup.open()) {
            for (int i = 1; i <= 2; i++) {
                group.start("" + i, () -> {
                    throw new IOException(outer);
                });
            }
            group.join();
        }
    }

    private static void collect(Throwable thrown, List<String> told) {
        if (thrown instanceof TaskFailedException failed) {
            told.add(failed.task());
            collect(failed.getCause(), told);
        }
        for (Throwable suppressed : thrown.getSuppressed()) {
            collect(suppressed, told);
        }
    }
}

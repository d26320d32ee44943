package dev.sluice.flow;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelledException;
import dev.sluice.cancel.DeadlineExceededException;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import dev.sluice.testing.Cancellations;
import dev.sluice.testing.Simulated;
import dev.sluice.testing.Simulation;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Generators that are cancelled at every moment.
@Tag("needs-opens")
class GeneratorCancelTest {
    /// A generator, made outside of what is cancelled, and what came of it.
    private static final class Use {
        final List<Integer> got = new ArrayList<>();
        int opened;
        int closed;
        final Generator<Integer> generator = Generator.of("numbers", out -> {
            opened++;
            try {
                for (int n = 1; n <= 5; n++) {
                    Sluice.sleep(ofMillis(10));
                    out.yield(n);
                    Sluice.yield();
                }
            } finally {
                closed++;
            }
        });
    }

    @Test
    void whoAsksIsCancelledAndTheNextGoesOn() throws Exception {
        int cancelled = Cancellations.atEverySuspension(
                Use::new,
                use -> {
                    while (use.generator.hasNext()) {
                        use.got.add(use.generator.next());
                    }
                },
                use -> {
                    use.generator.forEach(use.got::add);
                    use.generator.close();
                    assertThat(use.got).containsExactly(1, 2, 3, 4, 5);
                    assertThat(use.closed).isEqualTo(use.opened);
                });
        assertThat(cancelled).isPositive();
    }

    @Test
    void whoMakesItIsCancelledAndItIsCleanedUp() throws Exception {
        int cancelled = Cancellations.atEverySuspension(
                ArrayList<Use>::new,
                uses -> {
                    var use = new Use();
                    uses.add(use);
                    use.generator.forEach(use.got::add);
                },
                uses -> uses.forEach(use -> {
                    assertThat(use.got)
                            .isEqualTo(IntStream.rangeClosed(1, use.got.size())
                                    .boxed()
                                    .toList());
                    assertThat(use.closed).isEqualTo(use.opened);
                }));
        assertThat(cancelled).isPositive();
    }

    @Test
    void whoClosesIsCancelledAndItIsClosedAllTheSame() throws Exception {
        Cancellations.atEverySuspension(
                Use::new,
                use -> {
                    try (Generator<Integer> generator = use.generator) {
                        use.got.add(generator.next());
                        Sluice.yield();
                    }
                },
                use -> {
                    assertThat(use.closed).isEqualTo(use.opened);
                    assertThat(use.generator.hasNext()).isFalse();
                });
    }

    /// Random users with random patience of one generator that is slow at random: all values, each once.
    @Simulated(seeds = 100)
    void randomPatienceLosesNothing(Simulation simulation) {
        RandomGenerator random = simulation.random();
        int last = random.nextInt(1, 30);
        List<Integer> got = new ArrayList<>();
        try (Generator<Integer> numbers = Generator.of("numbers", out -> {
            for (int n = 1; n <= last; n++) {
                Sluice.sleep(ofMillis(random.nextInt(50)));
                out.yield(n);
            }
        })) {
            boolean more = true;
            while (more) {
                try {
                    more = Deadline.after(ofMillis(random.nextInt(1, 60))).call(() -> {
                        if (!numbers.hasNext()) {
                            return false;
                        }
                        got.add(numbers.next());
                        return true;
                    });
                } catch (DeadlineExceededException impatient) {
                    Sluice.sleep(ofMillis(random.nextInt(20)));
                }
            }
        }
        assertThat(got).isEqualTo(IntStream.rangeClosed(1, last).boxed().toList());
    }

    /// Closers, cancellers and users meet in every order: all end, and each body has been cleaned up.
    @Simulated(seeds = 200)
    void everybodyEndsWhateverMeets(Simulation simulation) {
        RandomGenerator random = simulation.random();
        int[] open = new int[1];
        List<Throwable> odd = new ArrayList<>();
        try (var group = TaskGroup.open()) {
            Generator<Integer> shared = Generator.of("shared", out -> {
                open[0]++;
                try {
                    for (int n = 0; ; n++) {
                        if (random.nextInt(3) == 0) {
                            Sluice.sleep(ofMillis(random.nextInt(5)));
                        }
                        out.yield(n);
                    }
                } finally {
                    Deadline.after(ofSeconds(1)).run(() -> open[0]--);
                }
            });
            var user = group.start("user", () -> {
                try {
                    for (int n : shared) {
                        if (n > 40) {
                            break;
                        }
                    }
                } catch (CancelledException expected) {
                    // by the task below
                } catch (RuntimeException e) {
                    odd.add(e);
                }
            });
            group.start("closer", () -> {
                Sluice.sleep(ofMillis(random.nextInt(30)));
                shared.close();
            });
            group.start("canceller", () -> {
                Sluice.sleep(ofMillis(random.nextInt(30)));
                user.cancel("test");
            });
            group.join();
        }
        assertThat(odd).isEmpty();
        assertThat(open[0]).isZero();
    }
}

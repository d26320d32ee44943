package dev.sluice.flow;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelReason;
import dev.sluice.cancel.CancelledException;
import dev.sluice.cancel.DeadlineExceededException;
import dev.sluice.task.CancelScope;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskFailedException;
import dev.sluice.task.TaskGroup;
import dev.sluice.testing.Actors;
import dev.sluice.testing.Simulated;
import dev.sluice.testing.Simulation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a generator does, wherever it is made and asked.
@Tag("needs-opens")
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GeneratorTest {
    private final List<String> seen = Collections.synchronizedList(new ArrayList<>());

    private static void countUp(Generator.Output<Integer> out) {
        for (int n = 1; ; n++) {
            out.yield(n);
        }
    }

    /// Yields two values and tells when it is cleaned up.
    private Generator<String> careful() {
        return Generator.of("careful", out -> {
            try {
                out.yield("one");
                out.yield("two");
                seen.add("end");
            } finally {
                seen.add("finally");
            }
        });
    }

    @Test
    void valuesComeInOrderAndThenTheEnd() {
        Actors.everywhere(actors -> {
            List<Integer> values = Collections.synchronizedList(new ArrayList<>());
            actors.start(() -> {
                try (Generator<Integer> numbers = Generator.of(out -> {
                    for (int n = 0; n < 100; n++) {
                        out.yield(n);
                    }
                })) {
                    numbers.forEach(values::add);
                    assertThat(numbers.hasNext()).isFalse();
                    assertThatThrownBy(numbers::next).isInstanceOf(NoSuchElementException.class);
                }
            });
            actors.join();
            assertThat(values).hasSize(100).isSorted().startsWith(0, 1).endsWith(99);
        });
    }

    @Simulated(seeds = 10)
    void theBodyWorksOnlyWhenAsked() {
        try (Generator<Integer> numbers = Generator.of(out -> {
            seen.add("begun");
            out.yield(1);
            seen.add("asked again");
            out.yield(2);
        })) {
            Simulation.awaitAllBlocked();
            assertThat(seen).isEmpty();
            assertThat(numbers.next()).isEqualTo(1);
            Simulation.awaitAllBlocked();
            assertThat(seen).containsExactly("begun");
            assertThat(numbers.hasNext()).isTrue();
            assertThat(numbers.hasNext()).isTrue();
            assertThat(numbers.next()).isEqualTo(2);
            assertThat(numbers.hasNext()).isFalse();
        }
    }

    @Test
    void anEndlessOneIsClosedEarly() {
        Actors.everywhere(actors -> {
            actors.start(() -> {
                var left = new AtomicReference<Integer>();
                try (Generator<Integer> numbers = Generator.of(out -> {
                    try {
                        countUp(out);
                    } finally {
                        left.set(7);
                    }
                })) {
                    for (int n : numbers) {
                        if (n == 1000) {
                            break;
                        }
                    }
                }
                assertThat(left.get()).isEqualTo(7);
            });
            actors.join();
        });
    }

    @Simulated(seeds = 10)
    void closeRunsFinallyAndThereIsNoMore() {
        Generator<String> generator = careful();
        assertThat(generator.next()).isEqualTo("one");
        generator.close();
        assertThat(seen).containsExactly("finally");
        assertThat(generator.hasNext()).isFalse();
        generator.close();
        assertThat(seen).containsExactly("finally");
    }

    @Simulated(seeds = 10)
    void oneThatWasNeverAskedNeverBegins() {
        careful().close();
        careful();
        assertThat(seen).isEmpty();
    }

    @Simulated(seeds = 10)
    void itEndsWithTheScopeThatItWasMadeIn() {
        var kept = new ArrayList<Generator<String>>();
        CancelScope.shield(() -> {
            Generator<String> generator = careful();
            generator.next();
            kept.add(generator);
        });
        assertThat(seen).containsExactly("finally");
        assertThatThrownBy(() -> kept.getFirst().next())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("generator main/careful")
                .hasMessageContaining("has been left");
    }

    @Simulated(seeds = 10)
    void itEndsWithTheTaskThatMadeIt() {
        try (var group = TaskGroup.open()) {
            group.start("maker", () -> {
                careful().next();
            });
            group.join();
        }
        assertThat(seen).containsExactly("finally");
    }

    @Test
    void aFailureReachesWhoAsks() {
        Actors.everywhere(actors -> {
            actors.start(() -> {
                try (Generator<Integer> broken = Generator.of("broken", out -> {
                    out.yield(1);
                    throw new IOException("disk gone");
                })) {
                    assertThat(broken.next()).isEqualTo(1);
                    for (int i = 0; i < 2; i++) {
                        assertThatThrownBy(broken::hasNext)
                                .isInstanceOf(TaskFailedException.class)
                                .hasMessageContaining("broken failed")
                                .hasRootCauseMessage("disk gone");
                    }
                }
            });
            actors.join();
        });
    }

    @Simulated(seeds = 10)
    void aFailureOfTheCleanUpIsThrownByClose() {
        Generator<Integer> broken = Generator.of("broken", out -> {
            try {
                out.yield(1);
            } finally {
                seen.add("finally");
                throwing("no clean-up");
            }
        });
        assertThat(broken.next()).isEqualTo(1);
        assertThatThrownBy(broken::close)
                .isInstanceOf(TaskFailedException.class)
                .hasRootCauseMessage("no clean-up");
        broken.close(); // said once
    }

    private static void throwing(String message) {
        throw new IllegalArgumentException(message);
    }

    @Simulated(seeds = 20)
    void whoIsCancelledWhileAskingLosesNothing() {
        try (Generator<Integer> slow = Generator.of("slow", out -> {
            for (int n = 1; n <= 3; n++) {
                Sluice.sleep(ofSeconds(10));
                out.yield(n);
            }
        })) {
            List<Integer> values = new ArrayList<>();
            int given = 0;
            while (values.size() < 3) {
                try {
                    Deadline.after(ofSeconds(4)).run(() -> values.add(slow.next()));
                } catch (DeadlineExceededException e) {
                    given++;
                }
            }
            assertThat(values).containsExactly(1, 2, 3);
            assertThat(given).isGreaterThanOrEqualTo(6);
        }
    }

    @Simulated(seeds = 20)
    void aDeadlineOfTheBodyEndsItsYield() {
        try (Generator<Integer> impatient = Generator.of("impatient", out -> {
            try {
                Deadline.after(ofSeconds(1)).run(() -> countUp(out));
            } catch (DeadlineExceededException e) {
                out.yield(-1);
            }
        })) {
            assertThat(impatient.next()).isEqualTo(1);
            Sluice.sleep(ofSeconds(5));
            assertThat(impatient.next()).isEqualTo(-1);
            assertThat(impatient.hasNext()).isFalse();
        }
    }

    @Simulated(seeds = 20)
    void aValueThatNobodyHasTakenIsNotOverwritten() {
        try (Generator<Integer> generator = Generator.of("hasty", out -> {
            try {
                Deadline.after(ofSeconds(1)).run(() -> {
                    Sluice.sleep(java.time.Duration.ofMillis(900));
                    out.yield(1); // who asked has gone
                });
            } catch (DeadlineExceededException e) {
                out.yield(2);
            }
        })) {
            assertThatThrownBy(() ->
                            Deadline.after(java.time.Duration.ofMillis(500)).run(generator::next))
                    .isInstanceOf(DeadlineExceededException.class);
            Sluice.sleep(ofSeconds(2));
            assertThat(generator.next()).isEqualTo(1);
            assertThat(generator.next()).isEqualTo(2);
            assertThat(generator.hasNext()).isFalse();
        }
    }

    @Simulated(seeds = 10)
    void aShieldDoesNotKeepItFromClosing() {
        Generator<Integer> stubborn = Generator.of("stubborn", out -> {
            try {
                CancelScope.shield(() -> countUp(out));
            } finally {
                CancelScope.shield(() -> Sluice.sleep(ofSeconds(1)));
                CancelScope.shield(
                        () -> assertThatThrownBy(() -> out.yield(99)).isInstanceOf(CancelledException.class));
                seen.add("cleaned up");
            }
        });
        assertThat(stubborn.next()).isEqualTo(1);
        assertThat(stubborn.hasNext()).isTrue();
        stubborn.close();
        assertThat(seen).containsExactly("cleaned up");

        CancelScope.shield(() -> {
            Generator<Integer> left = Generator.of("left", out -> CancelScope.shield(() -> countUp(out)));
            assertThat(left.hasNext()).isTrue(); // and its value is not taken
        });
    }

    @Simulated(seeds = 10)
    void generatorsAskEachOther() {
        try (Generator<Integer> sums = Generator.of("sums", out -> {
            Generator<Integer> numbers = Generator.of("numbers", inner -> {
                try {
                    countUp(inner);
                } finally {
                    seen.add("inner");
                }
            });
            try {
                int sum = 0;
                for (int n : numbers) {
                    out.yield(sum += n);
                }
            } finally {
                seen.add("outer");
            }
        })) {
            assertThat(sums.stream().limit(5)).containsExactly(1, 3, 6, 10, 15);
        }
        assertThat(seen).containsExactlyInAnyOrder("outer", "inner"); // a cancellation reaches both at once
    }

    @Simulated(seeds = 10)
    void cancellingTheScopeOfItsMakerCancelsIt() {
        var generator = new AtomicReference<Generator<String>>();
        CancelScope.run(scope -> {
            generator.set(careful());
            generator.get().next();
            scope.cancel("enough");
            generator.get().next();
        });
        assertThat(seen).containsExactly("finally");
    }

    @Simulated(seeds = 10)
    void aCancelledGeneratorSaysWhy() {
        CancelScope.run(scope -> {
            Generator<String> generator = careful();
            generator.next();
            scope.cancel("enough");
            CancelScope.shield(() -> assertThatThrownBy(generator::next)
                    .isInstanceOfSatisfying(
                            CancelledException.class,
                            e -> assertThat(e.reason()).isInstanceOf(CancelReason.Requested.class))
                    .hasMessageContaining("enough"));
        });
    }

    @Simulated(seeds = 10)
    void misuseIsNamed() {
        var own = new AtomicReference<Generator<Integer>>();
        var output = new AtomicReference<Generator.Output<Integer>>();
        own.set(Generator.of("own", out -> {
            output.set(out);
            assertThatThrownBy(own.get()::next).hasMessageContaining("asked by its own body");
            assertThatThrownBy(own.get()::close).hasMessageContaining("called by its own body");
            assertThatThrownBy(() -> out.yield(nothing())).isInstanceOf(NullPointerException.class);
            out.yield(1);
        }));
        try (Generator<Integer> generator = own.get()) {
            assertThat(generator.next()).isEqualTo(1);
            assertThatThrownBy(() -> output.get().yield(3))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("called by main, expected its own body");
        }
    }

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <V> V nothing() {
        return null;
    }

    @Simulated(seeds = 20)
    void twoWhoAskAtOnceAreToldSo() {
        try (Generator<Integer> slow = Generator.of("slow", out -> {
                    Sluice.sleep(ofSeconds(1));
                    out.yield(1);
                });
                var group = TaskGroup.open()) {
            var first = group.start("first", () -> slow.next());
            Simulation.awaitAllBlocked();
            assertThatThrownBy(slow::next).hasMessageContaining("asked by main/first too");
            group.join();
            assertThat(first.get()).isEqualTo(1);
        }
    }

    @Test
    void anyThreadMayCloseWhileAnotherAsks() {
        Actors.everywhere(actors -> {
            var made = new AtomicReference<Generator<Integer>>();
            var works = new CountDownLatch(1);
            var never = new CountDownLatch(1);
            actors.start(() -> {
                made.set(Generator.of(out -> {
                    works.countDown();
                    never.await();
                }));
                assertThat(made.get().hasNext()).isFalse();
            });
            works.await();
            actors.start(() -> made.get().close());
            actors.join();
        });
    }

    @Test
    void aThreadMayUseOneWithoutALoop() {
        try (Generator<String> generator = careful()) {
            assertThat(generator.stream().map(String::length).limit(1)).containsExactly(3);
        }
        assertThat(seen).containsExactly("finally");
    }

    @Test
    void madeOnOneLoopAndAskedOnAnother() throws Exception {
        Actors.everywhere(actors -> {
            var made = new AtomicReference<Generator<Integer>>();
            var done = new CountDownLatch(1);
            actors.start(() -> {
                made.set(Generator.of(GeneratorTest::countUp));
                done.await();
            });
            Actors.await("it is made", () -> made.get() != null);
            actors.start(() -> {
                try (Generator<Integer> generator = made.get()) {
                    assertThat(generator.stream().limit(200).mapToInt(n -> n).sum())
                            .isEqualTo(20_100);
                } finally {
                    done.countDown();
                }
            });
            actors.join();
        });
    }
}

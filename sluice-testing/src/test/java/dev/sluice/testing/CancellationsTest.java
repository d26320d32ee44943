package dev.sluice.testing;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelledException;
import dev.sluice.task.TaskGroup;
import java.util.ArrayList;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// That cancelling at every suspension meets all of them, and finds defects that are there.
@Tag("needs-opens")
class CancellationsTest {
    @Test
    void everySuspensionIsMet() throws Exception {
        Set<String> reached = new TreeSet<>();
        int cancelled = Cancellations.atEverySuspension(
                () -> new ArrayList<String>(),
                steps -> {
                    steps.add("begun");
                    Sluice.sleep(ofSeconds(1));
                    steps.add("slept");
                    Sluice.yield();
                    steps.add("yielded");
                    Sluice.sleep(ofSeconds(1));
                    steps.add("done");
                },
                steps -> reached.add(String.join(" ", steps)));
        assertThat(reached).containsExactly("begun", "begun slept", "begun slept yielded", "begun slept yielded done");
        long seeds = Seeds.of(Cancellations.SEEDS).count();
        assertThat(cancelled).isEqualTo(Math.toIntExact(3 * 3 * seeds));
    }

    @Test
    void tasksOfTheWorkAreMetToo() throws Exception {
        Set<String> where = new TreeSet<>();
        Cancellations.atEverySuspension(
                Object::new,
                state -> {
                    try (var group = TaskGroup.open()) {
                        group.start("child", () -> {
                            try {
                                Sluice.sleep(ofSeconds(1));
                            } catch (CancelledException e) {
                                where.add("child");
                                throw e;
                            }
                        });
                        group.join();
                    } catch (CancelledException e) {
                        where.add("owner");
                        throw e;
                    }
                },
                state -> {});
        assertThat(where).containsExactly("child", "owner");
    }

    @Test
    void whatIsNotGivenBackIsFound() {
        assertThatThrownBy(() -> Cancellations.atEverySuspension(
                        () -> new int[] {1},
                        permits -> {
                            permits[0]--;
                            Sluice.sleep(ofSeconds(1)); // and no finally
                            permits[0]++;
                        },
                        permits -> assertThat(permits[0]).isEqualTo(1)))
                .isInstanceOf(AssertionError.class)
                .satisfies(failure -> assertThat(failure.getSuppressed())
                        .extracting(Throwable::getMessage)
                        .anySatisfy(text ->
                                assertThat(text).contains("cancelled at suspension 1", "main was about to suspend")));
    }

    @Test
    void aWrongFailureIsFound() {
        assertThatThrownBy(() -> Cancellations.atEverySuspension(
                        Object::new,
                        state -> {
                            try {
                                Sluice.sleep(ofSeconds(1));
                            } catch (CancelledException e) {
                                throw new IllegalStateException("hides the cancellation", e);
                            }
                        },
                        state -> {}))
                .isInstanceOf(IllegalStateException.class);
    }
}

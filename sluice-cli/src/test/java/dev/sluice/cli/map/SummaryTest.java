package dev.sluice.cli.map;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SummaryTest {
    private final Tally tally = new Tally();

    @Test
    void successHasNoSummary() {
        end(1, Ending.Exited.SUCCESS, 1);
        assertThat(Summary.failures(tally, Halt.NEVER)).isEmpty();
    }

    @Test
    void failuresAreListedByItemAndReason() {
        end(1, Ending.Exited.SUCCESS, 1);
        end(2, new Ending.Exited(3), 1);
        end(3, new Ending.Signalled(9, "SIGKILL"), 1);
        end(4, new Ending.TimedOut(Duration.ofMillis(1500)), 3);
        end(5, new Ending.NotStarted(Ending.NOT_RUN, "permission denied"), 1);
        assertThat(Summary.failures(tally, Halt.NEVER))
                .containsExactly(
                        "4 of 5 items failed (2 retries):",
                        "  item 2 'i2': exit code 3",
                        "  item 3 'i3': signal SIGKILL",
                        "  item 4 'i4': timed out after 1.5 s (3 attempts)",
                        "  item 5 'i5': could not start: permission denied");
    }

    @Test
    void aLongListIsCutWithACountByReason() {
        for (int i = 1; i <= 100; i++) {
            end(i, new Ending.Exited(i % 2 + 1), 1);
        }
        List<String> lines = Summary.failures(tally, Halt.NEVER);
        assertThat(lines).hasSize(Tally.NAMED_FAILURES + 2);
        assertThat(lines.getFirst()).isEqualTo("100 of 100 items failed:");
        assertThat(lines.getLast()).isEqualTo("  and 80 more: 40 exit code 1, 40 exit code 2");
    }

    @Test
    void endlesslyManyReasonsAreCounted() {
        for (int i = 1; i <= 200; i++) {
            end(i, new Ending.NotStarted(Ending.NOT_RUN, "reason " + i), 1);
        }
        assertThat(Summary.failures(tally, Halt.NEVER).getLast())
                .contains("180 more")
                .contains("130 other reasons");
    }

    @Test
    void aHaltIsTold() {
        end(1, new Ending.Exited(1), 1);
        end(2, new Ending.Halted(), 1);
        assertThat(Summary.failures(tally, Halt.NOW))
                .contains("1 of 2 items failed:")
                .last()
                .isEqualTo("halted after the first failure (--halt now), 1 ended early; what was left did not start");
    }

    @Test
    void anInterruptSaysWhatWasDone() {
        end(1, Ending.Exited.SUCCESS, 1);
        end(2, new Ending.Exited(1), 1);
        tally.started();
        tally.skipped();
        assertThat(Summary.interrupted("SIGINT", tally))
                .isEqualTo("SIGINT: 1 item done, 1 done before, 1 failed, 1 ended early");
    }

    private void end(long seq, Ending ending, int attempts) {
        tally.started();
        tally.ended(new Item(seq, ("i" + seq).getBytes(UTF_8), false), ending, attempts);
    }
}

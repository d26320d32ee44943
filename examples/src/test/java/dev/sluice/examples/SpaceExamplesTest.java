package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.internal.shm.SharedDirectory;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SpaceExamplesTest {
    @Test
    void nothingIsLostWhenAWorkerFails() throws Exception {
        assertThat(Printed.by(WorkQueue::main).lines())
                .containsExactlyInAnyOrder(
                        "sea printed", "hill goes back: out of paper", "hill printed", "town printed");
    }

    @Test
    void noUpdateIsLost() throws Exception {
        assertThat(Printed.by(SharedSettings::main).lines())
                .containsExactly("rendered at rate 3", "rendered at rate 3", "rendered at rate 3", "done: 3");
    }

    @Test
    void anEventStopsAllWorkers() throws Exception {
        assertThat(Printed.by(StopEvent::main).lines()).containsExactlyInAnyOrder("ann goes home", "bob goes home");
    }

    @Test
    void theBarGrowsUntilAllIsDone() throws Exception {
        assertThat(Printed.by(ProgressBar::main).lines())
                .isSortedAccordingTo(Comparator.reverseOrder()) // a dot is more than a #
                .doesNotHaveDuplicates()
                .allMatch(line -> line.matches("#+\\.*") && line.length() == ProgressBar.FRAMES)
                .last()
                .isEqualTo("#".repeat(ProgressBar.FRAMES));
    }

    @Test
    void pythonReadsWhatJavaSends() throws Exception {
        String address = "shm:sluice-test-" + UUID.randomUUID();
        try (SharedDirectory directory =
                SharedDirectory.open(SharedDirectory.BASE, address.substring("shm:".length()))) {
            Path client = Path.of(System.getProperty("sluice.root", ".."), "clients", "python");
            var builder = new ProcessBuilder("python3", "-B", "examples/readings.py", address)
                    .directory(client.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().put("PYTHONPATH", ".");
            Thermometer.main(new String[] {address});
            Process reader = builder.start();
            try {
                assertThat(reader.inputReader().lines())
                        .containsExactly("kitchen 20.0", "kitchen 20.5", "kitchen 21.0");
                assertThat(reader.waitFor()).isZero();
            } finally {
                reader.destroyForcibly();
                directory.removeAll();
            }
        }
    }
}

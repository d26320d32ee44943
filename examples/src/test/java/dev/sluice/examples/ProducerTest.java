package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Runs the producer as users do, in a JVM of its own, and ends it as they do.
class ProducerTest {
    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void signalEndsItAfterItsCleanUp(String signal, int expectedExit) throws Exception {
        Process producer = start();
        try (BufferedReader out = producer.inputReader(StandardCharsets.UTF_8)) {
            List<String> lines = new ArrayList<>();
            lines.add(out.readLine());
            assertThat(send(signal, producer)).isZero();
            out.lines().forEach(lines::add);
            int exit = producer.waitFor();

            List<String> expected = new ArrayList<>();
            for (int item = 1; item < lines.size(); item++) {
                expected.add("item " + item);
            }
            expected.add("stopped after item " + (lines.size() - 1));
            assertThat(lines).hasSizeGreaterThan(1).isEqualTo(expected);
            assertThat(exit).isEqualTo(expectedExit);
        } finally {
            producer.destroyForcibly();
        }
    }

    private static Process start() throws IOException {
        List<String> command = new ArrayList<>();
        if (OS.LINUX.isCurrentOs()) {
            // A build in the background of a shell ignores SIGINT, and so would the JVM that inherits it.
            command.addAll(List.of("env", "--default-signal=INT"));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-ea");
        if (!Boolean.getBoolean("sluice.fallback.expected")) {
            command.add("--add-opens=java.base/java.lang=ALL-UNNAMED");
        }
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Producer.class.getName()));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static int send(String signal, Process process) throws Exception {
        String line = "kill -" + signal + " " + process.pid();
        return new ProcessBuilder("sh", "-c", line).inheritIO().start().waitFor();
    }
}

package dev.sluice.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// The JDK's clocks in simulations, in a JVM of its own because the change is for good.
@Tag("needs-opens")
class JdkClockTest {
    private static String run(List<String> flags) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-ea", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(List.of("--add-opens", "java.base/java.lang=ALL-UNNAMED"));
        command.addAll(flags);
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        command.addAll(List.of("-cp", Objects.requireNonNull(classPath), JdkClockProbe.class.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        process.waitFor();
        return output;
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void programThatOnlyKnowsTheJdkLivesInVirtualTime() throws IOException, InterruptedException {
        assertThat(run(JdkClock.FLAGS)).endsWith("done\n").doesNotContain("Error");
    }

    @Test
    void missingFlagsAreNamed() throws IOException, InterruptedException {
        assertThat(run(List.of("-Dsluice.jdkClock=virtual")))
                .contains("IllegalStateException: clocks of the JDK: flags missing")
                .contains("-XX:DisableIntrinsic=_nanoTime,_currentTimeMillis");
    }

    @Test
    void withoutAskingTheJdkIsLeftAlone() throws IOException, InterruptedException {
        assertThat(run(List.of())).contains("clocks of the JDK: instant=");
    }
}

package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.internal.settings.Setting;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/// What the command answers, where, and with which exit status.
class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        return line.execute(arguments);
    }

    @Test
    void versionIsOneLineOnStdout() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString().lines()).singleElement().asString().startsWith("sluice ");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void helpNamesTheCommandsExceptTheLaunchersOwn() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("doctor").doesNotContain("warm-up");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void helpSaysOfEachCommandAWholeSentence() {
        Main.commandLine().getSubcommands().values().stream()
                .map(CommandLine::getCommandSpec)
                .filter(command -> !command.usageMessage().hidden())
                .forEach(command -> assertThat(command.usageMessage().description()[0])
                        .as(command.name())
                        .endsWith("."));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--no-such-option", "no-such-command", "doctor --no-such-option", "doctor argument"})
    void badUsageIsOneLineOnStderrAndStatus2(String arguments) {
        assertThat(run(arguments.isEmpty() ? new String[0] : arguments.split(" ")))
                .isEqualTo(2);
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .startsWith("sluice")
                .contains("--help");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void failureIsOneLineOnStderrAndStatus1() {
        CommandLine line = Main.commandLine();
        line.addSubcommand("fail", CommandLine.Model.CommandSpec.wrapWithoutInspection((Runnable) () -> {
            throw new IllegalStateException("disk full: free=0, expected 1");
        }));
        line.setErr(new PrintWriter(err));
        assertThat(line.execute("fail")).isEqualTo(1);
        assertThat(err.toString().lines()).containsExactly("sluice fail: disk full: free=0, expected 1");
    }

    @Test
    void doctorSaysTheCureOfEachThingMissing() {
        boolean fallback = Boolean.getBoolean("sluice.fallback.expected");
        assertThat(run("doctor")).isEqualTo(fallback ? 1 : 0);
        assertThat(out.toString()).contains(Runtime.version().toString(), System.getProperty("os.version"));
        if (fallback) {
            assertThat(out.toString())
                    .contains("own scheduler    missing", "--add-opens java.base/java.lang=ALL-UNNAMED");
        } else {
            assertThat(out.toString()).doesNotContain("missing");
        }
    }

    @Test
    void doctorPrintsEachSettingWithItsDefault() {
        run("doctor");
        assertThat(out.toString().lines().filter(line -> line.startsWith("setting ")))
                .hasSameSizeAs(Setting.values())
                .contains(
                        "setting          dev.sluice.jdkSockets=true (default)",
                        "setting          dev.sluice.cli.locale=none (default)");
    }

    @Test
    void doctorPrintsASettingThatWasChanged() {
        String property = Setting.CHANNEL_USERS.property();
        String before = System.setProperty(property, "true");
        try {
            run("doctor");
        } finally {
            if (before == null) {
                System.clearProperty(property);
            } else {
                System.setProperty(property, before);
            }
        }
        assertThat(out.toString()).contains("setting          " + property + "=true (default: false)");
    }

    @Test
    void warmUpRunsTheShortCommandsSilently() {
        assertThat(run("warm-up")).isZero();
        assertThat(out.toString() + err).isEmpty();
    }
}

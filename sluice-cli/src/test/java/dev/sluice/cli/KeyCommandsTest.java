package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.space.Namespace;
import dev.sluice.space.Namespace.Lifetime;
import dev.sluice.space.Space;
import java.io.BufferedReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `set`, `get` and `watch`: in this JVM where they print nothing, else as a shell starts them.
class KeyCommandsTest extends SpaceCli {
    private final String settings = space + "/settings";

    private String printed(String... arguments) throws Exception {
        Process process = start(arguments);
        String text = text(process);
        assertThat(status(process)).isZero();
        return text;
    }

    record Size(int width) {}

    @Test
    void whatIsSetIsGot() throws Exception {
        assertThat(run("set", settings + "/quality", "80 %")).as(err.toString()).isZero();
        assertThat(run("set", settings + "/path/über", "")).isZero();
        try (Space opened = Space.open(space)) {
            Namespace namespace = opened.namespace("settings");
            assertThat(namespace.get("quality", String.class)).contains("80 %");
            namespace.put("size", new Size(7));
        }
        assertThat(printed("get", settings + "/quality")).isEqualTo("80 %\n");
        assertThat(printed("get", settings + "/size")).isEqualTo("{\"width\": 7}\n");
        assertThat(printed("get", settings, "--list")).isEqualTo("path/über\t\nquality\t80 %\nsize\t{\"width\": 7}\n");
        assertThat(printed("get", settings + "/q", "-l")).isEqualTo("quality\t80 %\n");
        assertThat(run("get", settings + "/q")).isOne();
        assertThat(err.toString()).contains(settings + "/q: no such key");
    }

    @Test
    void whatIsRemovedOrOverIsGone() {
        assertThat(run("set", settings + "/a", "1")).isZero();
        assertThat(run("set", settings + "/a", "--remove")).isZero();
        assertThat(run("set", settings + "/a", "--remove")).isOne();
        assertThat(run("set", settings + "/b", "1", "--for", "1ms")).isZero();
        try (Space opened = Space.open(space)) {
            Namespace namespace = opened.namespace("settings");
            while (namespace.get("b").isPresent()) {
                Thread.onSpinWait();
            }
            assertThat(namespace.list("")).isEmpty();
        }
    }

    @Test
    void watchShowsWhatIsThereAndWhatChanges() throws Exception {
        assertThat(run("set", settings + "/a", "1")).isZero();
        Process watch = start("watch", settings);
        BufferedReader lines = watch.inputReader(UTF_8);
        assertThat(lines.readLine()).isEqualTo("a\t1");
        assertThat(run("set", settings + "/b", "2")).isZero();
        assertThat(lines.readLine()).isEqualTo("b\t2");
        try (Space opened = Space.open(space)) {
            opened.namespace("settings").put("mine", new byte[] {0x61, 'x'}, Lifetime.ephemeral());
            assertThat(lines.readLine()).isEqualTo("mine\tx");
        }
        assertThat(lines.readLine()).as("its owner has gone").isEqualTo("mine");
        assertThat(run("set", settings + "/a", "--remove")).isZero();
        assertThat(lines.readLine()).isEqualTo("a");
        lines.close();
        assertThat(run("set", settings + "/a", "3")).isZero();
        assertThat(status(watch)).isEqualTo(PIPE);
    }

    @Test
    void watchEnds() throws Exception {
        assertThat(run("set", settings + "/a", "1")).isZero();
        assertThat(run("set", settings + "/b", "1")).isZero();
        assertThat(printed("watch", settings + "/b", "-n", "1")).isEqualTo("b\t1\n");
        Process over = start("watch", settings + "/b", "--wait", "50ms");
        assertThat(text(over)).isEqualTo("b\t1\n");
        assertThat(status(over)).isOne();
    }

    @Test
    void whatIsWrongIsSaidInALine() {
        assertThat(run("set", settings, "x")).isEqualTo(2);
        assertThat(run("set", settings + "/a")).isEqualTo(2);
        assertThat(run("set", settings + "/a", "x", "--remove")).isEqualTo(2);
        assertThat(run("set", settings + "/a", "x", "--for", "0")).isEqualTo(2);
        assertThat(run("get", space)).isEqualTo(2);
        assertThat(run("get", settings)).isEqualTo(2);
        assertThat(run("watch", settings, "-n", "0")).isEqualTo(2);
        assertThat(run("get", settings + "-not/a")).isOne();
        try (Space opened = Space.open(space)) {
            opened.counter("jobs").add(1);
        }
        assertThat(run("set", space + "/jobs/a", "x")).isOne();
        assertThat(err.toString().lines())
                .hasSize(9)
                .anyMatch(line -> line.contains("no such"))
                .anyMatch(line -> line.contains("kind=COUNTER, expected NAMESPACE"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"set", "get", "watch"})
    void helpFitsATerminal(String command) {
        assertThat(run(command, "--help")).isZero();
        assertThat(out.toString().lines()).allMatch(line -> line.length() <= 80).hasSizeGreaterThan(3);
    }
}

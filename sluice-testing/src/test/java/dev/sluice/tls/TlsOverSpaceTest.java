package dev.sluice.tls;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.layer.Messages;
import dev.sluice.layer.Stack;
import dev.sluice.net.Connection;
import dev.sluice.space.Space;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Layers over a pipe of bytes of a space.
class TlsOverSpaceTest {
    @ParameterizedTest
    @ValueSource(strings = {"local", "shm"})
    void layersDoNotCareWhatCarriesThem(String scheme) throws Exception {
        String name = "sluice-test-" + UUID.randomUUID();
        Sluice.run(() -> Deadline.after(ofSeconds(60)).run(() -> {
            try (Space space = Space.open(scheme + ":" + name)) {
                echo(space);
                space.remove("line");
            }
        }));
        Files.deleteIfExists(Path.of("/dev/shm", name + ".d"));
    }

    private static void echo(Space space) throws IOException, InterruptedException {
        TaskGroup.run(group -> {
            Connection far = space.connection("line");
            group.start("server", () -> {
                try (Messages<String> lines =
                        Stack.over(far).tls(Certificates.server()).deflate().lines()) {
                    for (String line : lines) {
                        lines.send(line + "!");
                    }
                }
            });
            try (Messages<String> lines = Stack.over(space.connection("line"))
                    .tls(Certificates.client(), "sluice.test")
                    .deflate()
                    .lines()) {
                lines.send("hello");
                assertThat(lines.receive()).contains("hello!");
                assertThat(lines.layers().getLast().name()).startsWith("pipe " + space.address() + "/line#2->");
            }
        });
    }
}

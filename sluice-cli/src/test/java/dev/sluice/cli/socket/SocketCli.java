package dev.sluice.cli.socket;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.cli.OwnJvm;
import dev.sluice.io.ByteReader;
import dev.sluice.process.Child;
import dev.sluice.process.Command;
import dev.sluice.process.Input;
import dev.sluice.process.Output;
import dev.sluice.task.Action;
import dev.sluice.task.Deadline;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/// The commands as a shell starts them, each in a JVM of its own.
final class SocketCli {
    private SocketCli() {}

    static void run(Action<?> body) throws Exception {
        Sluice.run(() -> Deadline.after(ofSeconds(100)).named("test").run(body));
    }

    static Command sluice(String... arguments) {
        List<String> words = OwnJvm.words(arguments);
        return Command.of(words.getFirst(), words.subList(1, words.size()).toArray(String[]::new));
    }

    static String file(String name) {
        try {
            return Path.of(Objects.requireNonNull(SocketCli.class.getResource(name), name)
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /// A command that listens.
    ///
    /// @param address where, as `tcp:127.0.0.1:4711`
    record Server(Child child, ByteReader errors, String address) implements AutoCloseable {
        static Server start(String... arguments) throws IOException {
            Child child = sluice(arguments)
                    .stdin(Input.piped())
                    .stdout(Output.piped())
                    .stderr(Output.piped())
                    .start();
            ByteReader errors = ByteReader.over(child.stderr());
            String line = errors.readLine().orElse("nothing");
            assertThat(line).containsPattern(" (tcp|udp):127\\.0\\.0\\.1:| unix:");
            return new Server(child, errors, line.replaceAll(".* (?:at|from) ([^ ]+).*", "$1"));
        }

        /// Its port alone.
        String port() {
            return address.substring(address.lastIndexOf(':') + 1);
        }

        @Override
        public void close() throws IOException {
            child.close();
        }
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

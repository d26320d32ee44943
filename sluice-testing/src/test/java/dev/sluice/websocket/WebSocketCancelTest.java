package dev.sluice.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.net.Memory;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import dev.sluice.testing.Cancellations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Cancellation at every suspension of sends and receives: no message is lost or broken, and the rest can
/// follow.
@Tag("needs-opens")
class WebSocketCancelTest {
    private static final int MESSAGES = 6;

    private static final class Talk {
        private final WebSocket client;
        private final WebSocket server;
        private final List<String> arrived = new ArrayList<>();
        private int sent; // messages that were handed over

        Talk() {
            Memory.Pair pair = Memory.pair("test");
            try (var group = TaskGroup.open()) {
                Task<WebSocket> accepting = group.start("accept", () -> WebSocket.accept(pair.far()));
                client = WebSocket.connect(pair.near(), "localhost", "/");
                group.join();
                server = accepting.get();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static String message(int number) {
            return number + " ".repeat(40_000);
        }

        void go() throws Exception {
            TaskGroup.run(group -> {
                group.start("send", () -> {
                    while (sent < MESSAGES) {
                        client.send(message(sent));
                        sent++;
                        client.ping();
                    }
                    client.send("end");
                });
                String text = next();
                while (!text.equals("end")) {
                    arrived.add(text);
                    text = next();
                }
            });
        }

        private String next() throws IOException {
            return server.receive().orElseThrow() instanceof Message.Text(String text) ? text : "binary";
        }

        void rest() throws Exception {
            go();
            // A send that was cancelled in the middle went out all the same, and was sent again.
            assertThat(arrived.stream().distinct().toList())
                    .containsExactlyElementsOf(
                            List.of(message(0), message(1), message(2), message(3), message(4), message(5)));
            assertThat(arrived).hasSizeBetween(MESSAGES, MESSAGES + 1);
            client.abort();
            server.abort();
        }
    }

    @Test
    void aTalkIsCancelledEverywhere() throws Exception {
        int cancelled = Cancellations.atEverySuspension(Talk::new, Talk::go, Talk::rest);
        assertThat(cancelled).isGreaterThan(20);
    }
}

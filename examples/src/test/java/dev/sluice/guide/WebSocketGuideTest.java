package dev.sluice.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.net.Listener;
import dev.sluice.net.Tcp;
import dev.sluice.task.TaskGroup;
import dev.sluice.websocket.Message;
import dev.sluice.websocket.WebSocket;
import dev.sluice.websocket.WebSocketConfig;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@SuppressWarnings("try") // a close in the middle is what is tested
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WebSocketGuideTest {
    // tag::echo
    static void echo(WebSocket socket) throws Exception {
        Optional<Message> asked = socket.receive();
        while (asked.isPresent()) {
            socket.send(asked.get());
            asked = socket.receive();
        }
    }
    // end::echo

    @Test
    void aServerAndAClient() throws Exception {
        Sluice.run(() -> {
            try (var group = TaskGroup.open();
                    Listener listener = Tcp.listen("127.0.0.1:0")) {
                // tag::server
                group.start("server", () -> listener.serve(WebSocket.serving(WebSocketGuideTest::echo)));
                // end::server
                String address = listener.address().place();
                // tag::client
                try (WebSocket socket = WebSocket.connect(Tcp.connect(address), address, "/chat")) {
                    socket.send("hello");
                    switch (socket.receive().orElseThrow()) {
                        case Message.Text(String text) -> IO.println(text);
                        case Message.Binary binary -> IO.println(binary.bytes().length + " bytes");
                    }
                }
                // end::client
                listener.close();
                group.join();
            }
        });
    }

    @Test
    void browsersComeFromOnePage() throws Exception {
        Sluice.run(() -> {
            try (var group = TaskGroup.open();
                    Listener listener = Tcp.listen("127.0.0.1:0")) {
                WebSocketConfig config = WebSocketConfig.defaults().withLargestMessage(64_000);
                // tag::origin
                Listener.Handler guarded = WebSocket.serving(
                        config,
                        request -> request.field("origin").equals(Optional.of("https://example.org")),
                        WebSocketGuideTest::echo);
                // end::origin
                group.start("server", () -> listener.serve(guarded));
                String address = listener.address().place();
                Exception refused = null;
                try {
                    WebSocket.connect(Tcp.connect(address), address, "/");
                } catch (Exception expected) {
                    refused = expected;
                }
                assertThat(refused).hasMessageContaining("403 Forbidden");
                listener.close();
                group.join();
            }
        });
    }
}

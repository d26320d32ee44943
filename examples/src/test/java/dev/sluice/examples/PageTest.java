package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.net.Connection;
import dev.sluice.net.Tcp;
import dev.sluice.task.TaskGroup;
import dev.sluice.websocket.Message;
import dev.sluice.websocket.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@SuppressWarnings("try") // a close in the middle ends the server
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PageTest {
    @Test
    void thePageIsShown() throws Exception {
        Sluice.run(() -> TaskGroup.run(group -> {
            try (var listener = Tcp.listen("127.0.0.1:0")) {
                group.start("page", () -> listener.serve(Page::page));
                try (Connection browser = Tcp.connect(listener.address().place())) {
                    browser.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    assertThat(new String(browser.readAllBytes(10_000), StandardCharsets.UTF_8))
                            .startsWith("HTTP/1.1 200 OK\r\n")
                            .contains("\r\n\r\n<input ", "ws://127.0.0.1:8081")
                            .endsWith("</script>");
                }
            }
        }));
    }

    @Test
    void whatIsTypedComesBack() throws Exception {
        Sluice.run(() -> TaskGroup.run(group -> {
            try (var listener = Tcp.listen("127.0.0.1:0")) {
                group.start("talk", () -> listener.serve(WebSocket.serving(Page::talk)));
                String place = listener.address().place();
                try (WebSocket socket = WebSocket.connect(Tcp.connect(place), place, "/")) {
                    socket.send("hello");
                    assertThat(socket.receive()).contains(new Message.Text("hello"));
                }
            }
        }));
    }
}

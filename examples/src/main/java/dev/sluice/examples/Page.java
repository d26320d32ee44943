package dev.sluice.examples;

import dev.sluice.Sluice;
import dev.sluice.io.ByteReader;
import dev.sluice.net.Connection;
import dev.sluice.net.Tcp;
import dev.sluice.task.TaskGroup;
import dev.sluice.websocket.WebSocket;
import java.nio.charset.StandardCharsets;

/// A page that a browser shows, and that talks to this program: open http://127.0.0.1:8080 and type.
final class Page {
    // tag::main
    static final String PAGE = """
            <input autofocus onchange="socket.send(value); value = ''"><ul id=said></ul>
            <script>
              const socket = new WebSocket("ws://127.0.0.1:8081");
              socket.onmessage = it => said.insertAdjacentText("afterbegin", it.data + "\\n");
            </script>""";

    static void page(Connection browser) throws Exception {
        ByteReader.over(browser).readUntil("\r\n\r\n".getBytes(StandardCharsets.UTF_8)); // there is one page
        String head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n";
        browser.write((head + PAGE).getBytes(StandardCharsets.UTF_8));
    }

    static void talk(WebSocket socket) throws Exception {
        for (var said = socket.receive(); said.isPresent(); said = socket.receive()) socket.send(said.get());
    }

    static void main() throws Exception {
        Sluice.run(() -> TaskGroup.run(group -> {
            group.start("page", () -> Tcp.listen("127.0.0.1:8080").serve(Page::page));
            group.start("talk", () -> Tcp.listen("127.0.0.1:8081").serve(WebSocket.serving(Page::talk)));
        }));
    }
    // end::main
}

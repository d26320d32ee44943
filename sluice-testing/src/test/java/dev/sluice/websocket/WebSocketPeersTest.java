package dev.sluice.websocket;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.io.ByteReader;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.net.Listener;
import dev.sluice.net.Tcp;
import dev.sluice.net.TcpAddress;
import dev.sluice.process.Child;
import dev.sluice.process.Command;
import dev.sluice.process.Exit;
import dev.sluice.sync.Event;
import dev.sluice.task.Action;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import dev.sluice.websocket.WebSocket.Goodbye;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// Peers that somebody else has written: a client of Python's standard library, from the specification, and both
/// ends of `ws`, the library of Node.js, as Debian packages it.
@SuppressWarnings("try") // a close in the middle is what is tested
class WebSocketPeersTest {
    private static final String CLIENT = """
            import base64, hashlib, os, socket, struct, sys
            s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
            key = base64.b64encode(os.urandom(16)).decode()
            s.sendall(("GET /echo HTTP/1.1\\r\\nHost: localhost\\r\\nupgrade: WebSocket\\r\\nConnection: keep-alive, Upgrade\\r\\n"
                       "Sec-WebSocket-Version: 13\\r\\nSec-WebSocket-Key: " + key + "\\r\\n\\r\\n").encode())
            f = s.makefile("rb")
            assert f.readline() == b"HTTP/1.1 101 Switching Protocols\\r\\n"
            fields = {}
            while (line := f.readline().strip()):
                name, value = line.decode().split(":", 1)
                fields[name.lower()] = value.strip()
            want = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
            assert fields["sec-websocket-accept"] == base64.b64encode(want).decode()
            def send(fin, opcode, data):
                mask = os.urandom(4)
                n = len(data)
                head = bytes([fin << 7 | opcode])
                head += bytes([128 | n]) if n < 126 else bytes([254]) + struct.pack(">H", n) if n < 65536 else bytes([255]) + struct.pack(">Q", n)
                s.sendall(head + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(data)))
            def receive():
                first, second = f.read(2)
                n = second & 127
                n = struct.unpack(">H", f.read(2))[0] if n == 126 else struct.unpack(">Q", f.read(8))[0] if n == 127 else n
                assert second < 128 and first >> 7 == 1
                return first & 15, f.read(n)
            for size in (0, 1, 125, 126, 65535, 65536, 200000):
                data = os.urandom(size)
                send(1, 2, data)
                assert receive() == (2, data), size
            send(0, 1, "grü".encode()[:3])
            send(1, 9, b"are you there?")
            send(0, 0, "grü".encode()[3:])
            send(1, 0, "ß".encode())
            assert receive() == (10, b"are you there?")
            assert receive() == (1, "grüß".encode())
            send(1, 8, struct.pack(">H", 1000) + b"bye")
            assert receive() == (8, struct.pack(">H", 1000))
            assert f.read() == b""
            print("fine")
            """;

    private static final String NODE_CLIENT = """
            const WebSocket = require("ws"), assert = require("assert"), crypto = require("crypto");
            const socket = new WebSocket("ws://127.0.0.1:" + process.argv[1] + "/echo", {perMessageDeflate: false});
            const sent = ["", "gr\u00fc\u00df", "\ud83d\ude00".repeat(70000)].concat(
                [0, 1, 125, 126, 65535, 65536, 200000].map(n => crypto.randomBytes(n)));
            let next = 0, pongs = 0;
            socket.on("open", () => { socket.ping("there?"); sent.forEach(each => socket.send(each)); });
            socket.on("pong", data => { assert.equal(data.toString(), "there?"); pongs++; });
            socket.on("message", (data, binary) => {
                const each = sent[next++];
                assert.equal(binary, typeof each !== "string");
                assert.ok(data.equals(Buffer.from(each)), "message " + next);
                if (next === sent.length) socket.close(4001, "enough");
            });
            socket.on("close", (code, reason) => {
                assert.deepEqual([code, reason.toString(), next, pongs], [4001, "", sent.length, 1]);
                console.log("fine");
            });
            """;

    private static final String NODE_IDLER = """
            const WebSocket = require("ws");
            const socket = new WebSocket("ws://127.0.0.1:" + process.argv[1]);
            socket.on("open", () => socket.send("here"));
            socket.on("close", (code, reason) => console.log(code + " " + reason));
            """;

    /// Says goodbye behind its question, and prints what it hears after that.
    private static final String NODE_ASKER = """
            const WebSocket = require("ws");
            const socket = new WebSocket("ws://127.0.0.1:" + process.argv[1]);
            socket.on("open", () => { socket.send("question"); socket.close(1000); });
            socket.on("message", data => console.log("" + data));
            socket.on("close", code => console.log(code));
            """;

    private static final String NODE_SERVER = """
            const {WebSocketServer} = require("ws");
            const server = new WebSocketServer({port: 0, host: "127.0.0.1"});
            server.on("listening", () => console.log(server.address().port));
            server.on("connection", (socket, request) => {
                socket.send(request.url);
                socket.on("message", (data, binary) => {
                    if (!binary && data.toString() === "bye") socket.close(4002, "as you say");
                    else socket.send(data, {binary});
                });
                socket.on("close", () => server.close());
            });
            """;

    private static Command node(String program, String... arguments) {
        List<String> line = new ArrayList<>(List.of("-e", program));
        line.addAll(List.of(arguments));
        return Command.of("node", line.toArray(String[]::new)).variable("NODE_PATH", "/usr/share/nodejs");
    }

    private static void run(Action<?> body) throws Exception {
        LoopsConfig config = LoopsConfig.defaults().withStallLimit(ofSeconds(20));
        Sluice.run(config, () -> Deadline.after(ofSeconds(60)).named("test").run(body));
    }

    private static void serve(Function<String, Command> client) throws Exception {
        run(() -> {
            try (Listener listener = Tcp.listen("127.0.0.1:0");
                    var group = TaskGroup.open()) {
                group.start("server", () -> listener.serve(WebSocket.serving(WebSocketPeersTest::echo)));
                var result = client.apply(port(listener)).run();
                assertThat(result.stdoutText()).as(result.stderrText()).isEqualTo("fine\n");
                listener.close();
                group.join();
            }
        });
    }

    private static String port(Listener listener) {
        return Integer.toString(((TcpAddress) listener.address()).port());
    }

    @Test
    void aClientOfPythonIsServed() throws Exception {
        serve(port -> Command.of("python3", "-c", CLIENT, port));
    }

    @Test
    void aClientOfNodeIsServed() throws Exception {
        serve(port -> node(NODE_CLIENT, port));
    }

    @Test
    void aClientOfNodeIsToldThatTheServerGoesAway() throws Exception {
        run(() -> {
            try (Listener listener = Tcp.listen("127.0.0.1:0");
                    var group = TaskGroup.open()) {
                var known = new Event("the client is there");
                group.start(
                        "server",
                        () -> listener.serve(WebSocket.serving(socket -> {
                            assertThat(socket.receive()).contains(new Message.Text("here"));
                            known.set();
                            assertThat(socket.receive()).isEmpty();
                        })));
                var client = group.start(
                        "client", () -> node(NODE_IDLER, port(listener)).run());
                known.await();
                listener.close();
                assertThat(client.get().stdoutText())
                        .as(client.get().stderrText())
                        .isEqualTo("1001 \n");
                group.join();
            }
        });
    }

    @Test
    void aClientOfNodeIsAnsweredBehindItsGoodbye() throws Exception {
        run(() -> {
            try (Listener listener = Tcp.listen("127.0.0.1:0");
                    var group = TaskGroup.open()) {
                WebSocketConfig config = WebSocketConfig.defaults().withHalfOpen(true);
                group.start(
                        "server",
                        () -> listener.serve(WebSocket.serving(config, request -> true, socket -> {
                            assertThat(socket.receive()).contains(new Message.Text("question"));
                            assertThat(socket.receive()).isEmpty();
                            socket.send("answer");
                        })));
                var result = node(NODE_ASKER, port(listener)).run();
                assertThat(result.stdoutText()).as(result.stderrText()).isEqualTo("answer\n1000\n");
                listener.close();
                group.join();
            }
        });
    }

    @Test
    void aServerOfNodeIsTalkedTo() throws Exception {
        run(() -> {
            try (Child server = node(NODE_SERVER).start()) {
                String port = ByteReader.over(server.stdout()).readLine().orElseThrow();
                try (WebSocket socket =
                        WebSocket.connect(Tcp.connect("127.0.0.1:" + port), "127.0.0.1:" + port, "/tea?milk=no")) {
                    assertThat(socket.receive()).contains(new Message.Text("/tea?milk=no"));
                    for (int size : new int[] {0, 1, 125, 126, 65_535, 65_536, 200_000}) {
                        byte[] bytes = new byte[size];
                        Arrays.fill(bytes, (byte) size);
                        socket.send(bytes);
                        assertThat(socket.receive()).as("%d bytes", size).contains(new Message.Binary(bytes));
                        String text = "ß".repeat(size / 2);
                        socket.send(text);
                        assertThat(socket.receive())
                                .as("%d characters", size / 2)
                                .contains(new Message.Text(text));
                    }
                    socket.send("bye");
                    assertThat(socket.receive()).isEmpty();
                    assertThat(socket.goodbye()).contains(new Goodbye(4002, "as you say"));
                }
                assertThat(server.exit()).isEqualTo(new Exit.Exited(0));
            }
        });
    }

    private static void echo(WebSocket socket) throws Exception {
        Optional<Message> asked = socket.receive();
        while (asked.isPresent()) {
            socket.send(asked.get());
            asked = socket.receive();
        }
    }
}

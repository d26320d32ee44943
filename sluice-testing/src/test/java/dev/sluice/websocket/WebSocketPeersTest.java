package dev.sluice.websocket;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.net.Listener;
import dev.sluice.net.Tcp;
import dev.sluice.net.TcpAddress;
import dev.sluice.process.Command;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// A client that somebody else has written: of Python's standard library, from the specification.
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

    @Test
    void aClientOfPythonIsServed() throws Exception {
        LoopsConfig config = LoopsConfig.defaults().withStallLimit(ofSeconds(20));
        Sluice.run(
                config,
                () -> Deadline.after(ofSeconds(60)).named("test").run(() -> {
                    try (Listener listener = Tcp.listen("127.0.0.1:0");
                            var group = TaskGroup.open()) {
                        group.start("server", () -> listener.serve(WebSocket.serving(WebSocketPeersTest::echo)));
                        String port = Integer.toString(((TcpAddress) listener.address()).port());
                        var result = Command.of("python3", "-c", CLIENT, port).run();
                        assertThat(result.stdoutText()).as(result.stderrText()).isEqualTo("fine\n");
                        listener.close();
                        group.join();
                    }
                }));
    }

    private static void echo(WebSocket socket) throws Exception {
        Optional<Message> asked = socket.receive();
        while (asked.isPresent()) {
            socket.send(asked.get());
            asked = socket.receive();
        }
    }
}

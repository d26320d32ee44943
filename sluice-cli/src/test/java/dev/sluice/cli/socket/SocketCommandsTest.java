package dev.sluice.cli.socket;

import static dev.sluice.cli.socket.SocketCli.bytes;
import static dev.sluice.cli.socket.SocketCli.file;
import static dev.sluice.cli.socket.SocketCli.run;
import static dev.sluice.cli.socket.SocketCli.sluice;
import static dev.sluice.cli.socket.SocketCli.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cli.socket.SocketCli.Server;
import dev.sluice.net.Connection;
import dev.sluice.net.Tcp;
import dev.sluice.net.Unix;
import dev.sluice.net.UnixAddress;
import dev.sluice.process.Command;
import dev.sluice.process.Exit;
import dev.sluice.process.Input;
import dev.sluice.process.ProcessResult;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import dev.sluice.tls.TlsContext;
import dev.sluice.websocket.WebSocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The commands as a shell starts them, each in a JVM of its own.
@SuppressWarnings("try") // a close in the middle is what is tested
class SocketCommandsTest {
    private static final int SIGTERM = 15;

    private static String ask(Connection connection, String question) throws IOException {
        connection.write(bytes(question));
        connection.closeOutput();
        String answer = text(connection.readAllBytes(1 << 20));
        connection.close();
        return answer;
    }

    @Test
    void listenAndDialJoinStandardStreams() throws Exception {
        run(() -> {
            try (Server server = Server.start("listen", "tcp:127.0.0.1:0");
                    var group = TaskGroup.open()) {
                server.child().stdin().write(bytes("welcome\n")); // and no end
                String much = "x".repeat(300_000) + "\n";
                Task<byte[]> heard =
                        group.start("heard", () -> server.child().stdout().readAllBytes(1 << 20));
                ProcessResult dialled = sluice("dial", server.address(), "--describe")
                        .stdin(Input.of(much))
                        .run();
                assertThat(dialled.exit()).isEqualTo(new Exit.Exited(0));
                assertThat(dialled.stdoutText()).isEqualTo("welcome\n");
                assertThat(dialled.stderrText()).contains("osi  layer", "  4  tcp 127.0.0.1:");
                byte[] arrived = heard.get();
                assertThat(server.child().exit())
                        .as("listen says: %s", text(server.errors().readAllBytes(1 << 16)))
                        .isEqualTo(new Exit.Exited(0));
                assertThat(text(arrived)).hasSize(much.length()).isEqualTo(much);
                group.join();
            }
        });
    }

    @Test
    void listenRunsACommandForEachConnection() throws Exception {
        run(() -> {
            try (Server server =
                    Server.start("listen", "tcp:127.0.0.1:0", "--keep", "--exec", "sh", "-c", "tr a-z A-Z; echo end")) {
                Connection waits = Tcp.connect(server.address());
                for (int i = 0; i < 3; i++) {
                    assertThat(ask(Tcp.connect(server.address()), "hello " + i + "\n"))
                            .isEqualTo("HELLO " + i + "\nend\n");
                }
                assertThat(ask(waits, "at last\n")).isEqualTo("AT LAST\nend\n");
                server.child().signal(SIGTERM);
                assertThat(server.child().exit()).isEqualTo(new Exit.Exited(143));
            }
        });
    }

    @Test
    void whoSaysMoreThanTheCommandReadsGetsAllOfItsAnswer() throws Exception {
        run(() -> {
            String script = "read first; echo answer";
            try (Server server = Server.start("listen", "tcp:127.0.0.1:0", "--exec", "sh", "-c", script);
                    Connection peer = Tcp.connect("127.0.0.1:" + server.port())) {
                peer.write(SocketCli.bytes("first\n" + "more\n".repeat(200_000)));
                peer.closeOutput();
                assertThat(peer.readAllBytes(100)).asString().isEqualTo("answer\n");
                assertThat(server.child().exit()).isEqualTo(new Exit.Exited(0));
            }
        });
    }

    @Test
    void aCommandEndsWithItsPeer() throws Exception {
        run(() -> {
            try (Server server =
                    Server.start("listen", "tcp:127.0.0.1:0", "--exec", "sh", "-c", "echo ready; exec cat")) {
                Connection peer = Tcp.connect(server.address());
                assertThat(peer.read(new byte[6], 0, 6)).isEqualTo(6);
                peer.abort();
                assertThat(server.child().exit()).isEqualTo(new Exit.Exited(1));
            }
        });
    }

    @Test
    void tlsIsALayer() throws Exception {
        run(() -> {
            try (Server server =
                    Server.start("listen", "tcp:127.0.0.1:0", "tls:" + file("server.pem"), "--keep", "--exec", "cat")) {
                TlsContext client = TlsContext.client().withTrust(Path.of(file("ca.pem")));
                assertThat(ask(client.connect(Tcp.connect(server.address()), "localhost"), "ours\n"))
                        .isEqualTo("ours\n");
                ProcessResult dialled = sluice("dial", server.address(), "tls:" + file("ca.pem"), "--describe")
                        .stdin(Input.of("hello\n"))
                        .run();
                assertThat(dialled.stdoutText()).isEqualTo("hello\n");
                assertThat(dialled.stderrText()).contains("  6  tls", "tls: TLSv1.3 TLS_");
                ProcessResult any = sluice("dial", server.address(), "tls:any")
                        .stdin(Input.of("x\n"))
                        .run();
                assertThat(any.stdoutText()).isEqualTo("x\n");
                ProcessResult untrusting = sluice("dial", server.address(), "tls")
                        .stdin(Input.of("x\n"))
                        .run();
                assertThat(untrusting.exit()).isEqualTo(new Exit.Exited(1));
                assertThat(untrusting.stderrText().lines())
                        .singleElement()
                        .asString()
                        .startsWith("sluice dial: handshake tcp ")
                        .contains("UNTRUSTED_PEER");
            }
        });
    }

    @Test
    void aWebSocketIsLines() throws Exception {
        run(() -> {
            String shout = "while read line; do echo $line!; done";
            try (Server server = Server.start("listen", "ws:127.0.0.1:0", "--keep", "--exec", "sh", "-c", shout)) {
                try (WebSocket socket = WebSocket.connect(Tcp.connect(server.address()), "localhost", "/")) {
                    for (String word : List.of("one", "two")) {
                        socket.send(word);
                        assertThat(text(socket.receive().orElseThrow().bytes())).isEqualTo(word + "!");
                    }
                }
                String url = "http://" + server.address().substring("tcp:".length());
                ProcessResult curl = Command.of("curl", "-sS", "-i", url).run();
                assertThat(curl.stdoutText()).as(curl.stderrText()).startsWith("HTTP/1.1 426 ");
            }
            try (var listener = Tcp.listen("127.0.0.1:0");
                    var group = TaskGroup.open()) {
                group.start(
                        "echo",
                        () -> listener.serve(WebSocket.serving(socket -> {
                            for (var next = socket.receive(); next.isPresent(); next = socket.receive()) {
                                socket.send(next.get());
                            }
                        })));
                String place = "ws://" + listener.address().place() + "/chat";
                ProcessResult dialled = sluice("dial", place, "--describe")
                        .stdin(Input.of("hello\nlast words"))
                        .run();
                assertThat(dialled.stdoutText()).isEqualTo("hello\nlast words\n");
                assertThat(dialled.exit()).isEqualTo(new Exit.Exited(0));
                assertThat(dialled.stderrText()).contains("  7  ws ");
                listener.close();
                group.join();
            }
        });
    }

    @Test
    void aCommandAnswersBehindTheGoodbyeOfAWebSocket() throws Exception {
        run(() -> {
            try (Server server = Server.start("listen", "ws:127.0.0.1:0", "--exec", "sort")) {
                ProcessResult dialled = sluice("dial", server.address(), "ws")
                        .stdin(Input.of("b\nc\na\n"))
                        .run();
                assertThat(dialled.stdoutText()).as(dialled.stderrText()).isEqualTo("a\nb\nc\n");
                assertThat(dialled.exit()).isEqualTo(new Exit.Exited(0));
                assertThat(server.child().exit()).isEqualTo(new Exit.Exited(0));
            }
        });
    }

    @Test
    void dialCanKeepItsEndFromAWebSocket() throws Exception {
        run(() -> {
            try (var listener = Tcp.listen("127.0.0.1:0");
                    var group = TaskGroup.open()) {
                Task<Optional<WebSocket.Goodbye>> heard = group.start("server", () -> {
                    WebSocket socket = WebSocket.accept(listener.accept());
                    assertThat(text(socket.receive().orElseThrow().bytes())).isEqualTo("question");
                    socket.send("answer");
                    socket.close(3000, "all is said");
                    return socket.goodbye();
                });
                String place = "ws:" + listener.address().place();
                ProcessResult dialled = sluice("dial", place, "--no-close")
                        .stdin(Input.of("question\n"))
                        .run();
                assertThat(dialled.stdoutText()).as(dialled.stderrText()).isEqualTo("answer\n");
                assertThat(dialled.exit()).isEqualTo(new Exit.Exited(0));
                assertThat(heard.get().map(WebSocket.Goodbye::code)).contains(3000);
                group.join();
            }
        });
    }

    @Test
    void whatPassesIsCapturedOnTheWireAndInClear(@TempDir Path directory) throws Exception {
        run(() -> {
            Path file = directory.resolve("capture.pcapng");
            try (Server server =
                    Server.start("listen", "tcp:127.0.0.1:0", "tls:" + file("server.pem"), "--keep", "--exec", "cat")) {
                ProcessResult dialled = sluice(
                                "dial", server.address(), "tls:" + file("ca.pem"), "--capture", file.toString())
                        .stdin(Input.of("hello in clear\n"))
                        .run();
                assertThat(dialled.stdoutText()).as(dialled.stderrText()).isEqualTo("hello in clear\n");
                String captured = Files.readString(file, StandardCharsets.ISO_8859_1);
                assertThat(captured).startsWith("\n\r\r\n").contains("transport", "content");
                assertThat(captured.split("hello in clear\n", -1))
                        .as("out and in, above TLS only")
                        .hasSize(3);
                ProcessResult nowhere = sluice("dial", server.address(), "--capture", "/no/such/file")
                        .stdin(Input.nothing())
                        .run();
                assertThat(nowhere.exit()).isEqualTo(new Exit.Exited(1));
                assertThat(nowhere.stderrText()).contains("sluice dial: --capture: /no/such/file (No such file");
            }
        });
    }

    @Test
    void layersStandOnEachOther() throws Exception {
        run(() -> {
            String bad = "faults:delay=1,pieces=7,seed=5";
            try (Server server =
                    Server.start("listen", "tcp:127.0.0.1:0", bad, "deflate", "--keep", "--exec", "tr", "a-z", "A-Z")) {
                String much = "hello ".repeat(5_000) + "\n";
                ProcessResult dialled = sluice("dial", server.address(), "throttle:10M", "deflate", "--describe")
                        .stdin(Input.of(much))
                        .run();
                assertThat(dialled.stdoutText()).isEqualTo(much.toUpperCase(Locale.ROOT));
                assertThat(dialled.stderrText().lines().map(line -> line.strip().split(" +", -1)[0]))
                        .containsExactly("osi", "6", "4", "4");
            }
        });
    }

    @Test
    void proxyTakesTlsOff() throws Exception {
        run(() -> {
            try (var plain = Tcp.listen("127.0.0.1:0");
                    Server proxy = Server.start(
                            "proxy", "tcp:127.0.0.1:0", plain.address().toString(), "tls:" + file("server.pem"))) {
                TlsContext client = TlsContext.client().withTrust(Path.of(file("ca.pem")));
                Connection near = client.connect(Tcp.connect(proxy.address()), "localhost");
                near.write(bytes("secret"));
                Connection far = plain.accept();
                byte[] asked = new byte[6];
                assertThat(far.read(asked, 0, 6)).isEqualTo(6);
                assertThat(text(asked)).isEqualTo("secret");
                far.close();
                assertThat(near.read(asked, 0, 6)).isEqualTo(-1);
                near.close();
            }
        });
    }

    @Test
    void proxyRelaysAndCounts(@TempDir Path directory) throws Exception {
        run(() -> {
            UnixAddress behind = UnixAddress.of(directory.resolve("socket"));
            try (var echo = Unix.listen(behind);
                    Server proxy = Server.start("proxy", "tcp:127.0.0.1:0", behind.toString(), "--describe")) {
                Connection near = Tcp.connect(proxy.address());
                near.write(bytes("hello"));
                Connection far = echo.accept();
                byte[] asked = new byte[5];
                assertThat(far.read(asked, 0, 5)).isEqualTo(5);
                far.write(bytes("hi"));
                far.closeOutput();
                assertThat(text(near.readAllBytes(10))).isEqualTo("hi");
                near.write(bytes(", and more"));
                near.closeOutput();
                assertThat(text(far.readAllBytes(100))).isEqualTo(", and more");
                assertThat(proxy.errors().readLine().orElse("")).startsWith("osi  layer");
                assertThat(proxy.errors().readLine().orElse("")).matches(" +4  tcp .* 15 +2");
                near.close();
                far.close();
                echo.close();
                Connection unlucky = Tcp.connect(proxy.address());
                assertThat(proxy.errors().readLine()).isPresent();
                assertThat(proxy.errors().readLine()).isPresent();
                assertThat(proxy.errors().readLine().orElse("")).contains("connect unix", "ENOENT");
                unlucky.abort();
            }
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            2 | dial tcp:127.0.0.1         | expected host:port
            2 | dial 127.0.0.1:80          | expected tcp:HOST:PORT
            2 | dial                       | Missing required parameter: 'ADDRESS'
            2 | dial tcp:127.0.0.1:1 tsl   | layer 'tsl': expected
            2 | dial tcp:127.0.0.1:1 throttle:x | expected throttle:BYTES
            2 | proxy tcp::0 tcp::0 faults:late | expected faults:SETTING
            2 | dial ws:127.0.0.1          | expected ws:HOST:PORT or ws:HOST:PORT/PATH
            2 | dial tcp:127.0.0.1:1 ws:x  | expected ws or ws:/PATH
            2 | dial tcp:127.0.0.1:1 --no-close | --no-close: expected a WebSocket
            2 | listen tcp:127.0.0.1:0 tls | expected tls:CERTIFICATE.pem
            2 | listen tcp::0 tls:none.pem | no such file: none.pem
            2 | dial udp:127.0.0.1         | expected host:port
            2 | listen unix:               | expected tcp:HOST:PORT
            2 | dial unix:                 | expected tcp:HOST:PORT
            2 | listen tcp::0 --limit 5    | --limit: expected --keep and --exec
            2 | listen tcp::0 --idle 5     | --idle: expected udp
            2 | dial tcp:127.0.0.1:1 --idle 5 | --idle: expected udp
            2 | proxy tcp::0 tcp::1 --idle 5 | --idle: expected udp
            2 | listen udp:127.0.0.1:0 --idle 0 | --idle 0.0: expected more than 0
            2 | proxy udp::0 tcp::1 --capture x | --capture with udp::0: expected tcp, ws or unix
            2 | proxy tcp::0               | Missing required parameter: 'TO'
            1 | dial tcp:127.0.0.1:1       | ECONNREFUSED (Connection refused): nobody listens there
            1 | dial unix:/no/such/socket  | ENOENT
            1 | listen tcp:192.0.2.1:0     | EADDRNOTAVAIL
            """)
    void whatCannotBeDoneIsOneLine(int status, String arguments, String text) throws Exception {
        run(() -> {
            ProcessResult result =
                    sluice(arguments.split(" ", -1)).stdin(Input.nothing()).run();
            assertThat(result.stderrText().lines())
                    .singleElement()
                    .asString()
                    .startsWith("sluice " + arguments.split(" ", -1)[0] + ": ")
                    .contains(text);
            assertThat(result.exit()).isEqualTo(new Exit.Exited(status));
            assertThat(result.stdoutText()).isEmpty();
        });
    }
}

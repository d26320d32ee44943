package dev.sluice.cli.socket;

import static dev.sluice.cli.socket.SocketCli.run;
import static dev.sluice.cli.socket.SocketCli.sluice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.sluice.cli.socket.SocketCli.Server;
import dev.sluice.io.ByteReader;
import dev.sluice.net.Datagrams;
import dev.sluice.net.Datagrams.Datagram;
import dev.sluice.net.Udp;
import dev.sluice.process.Child;
import dev.sluice.process.Command;
import dev.sluice.process.Exit;
import dev.sluice.process.Input;
import dev.sluice.process.Output;
import dev.sluice.process.ProcessResult;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Listen, dial and proxy, with the programs of others at the other end.
@SuppressWarnings("try") // a server is there for its time
class PeerProgramsTest {
    /// A program of the system, by its name.
    private static Command program(String name, String... arguments) {
        boolean there = List.of(System.getenv("PATH").split(":", -1)).stream()
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, name)));
        if (!there) {
            fail(name + " is not installed, and this test needs it: .ci/run names its package");
        }
        return Command.of(name, arguments);
    }

    private static void assertDone(ProcessResult result, String output) {
        assertThat(result.stdoutText()).as(result.stderrText()).isEqualTo(output);
        assertThat(result.exit()).isEqualTo(new Exit.Exited(0));
    }

    // ---- datagrams

    @Test
    void socatAndNetcatAskAServerOfDatagrams() throws Exception {
        run(() -> {
            String shell = "while read line; do echo \"got $line\"; done";
            try (Server server =
                    Server.start("listen", "udp:127.0.0.1:0", "lines", "--keep", "--exec", "sh", "-c", shell)) {
                try (Child socat = program("socat", "-", "UDP:127.0.0.1:" + server.port())
                                .stdin(Input.piped())
                                .stdout(Output.piped())
                                .start();
                        Child netcat = program("nc", "-u", "127.0.0.1", server.port())
                                .stdin(Input.piped())
                                .stdout(Output.piped())
                                .start()) {
                    for (String word : List.of("one", "two")) {
                        socat.stdin().write(SocketCli.bytes(word));
                        byte[] answer = new byte[7];
                        assertThat(socat.stdout().read(answer, 0, 7)).isEqualTo(7);
                        assertThat(answer).asString().isEqualTo("got " + word);
                    }
                    netcat.stdin().write(SocketCli.bytes("three"));
                    byte[] answer = new byte[9];
                    assertThat(netcat.stdout().read(answer, 0, 9)).isEqualTo(9);
                    assertThat(answer).asString().isEqualTo("got three");
                }
            }
        });
    }

    @Test
    void aServerOfDatagramsJoinsOnePeerToStandardStreams() throws Exception {
        run(() -> {
            try (Server server = Server.start("listen", "udp:127.0.0.1:0");
                    Datagrams peer = Udp.connect("127.0.0.1:" + server.port())) {
                peer.send(Datagram.to(peer.remote().orElseThrow(), "asked\n"));
                assertThat(ByteReader.over(server.child().stdout()).readLine()).contains("asked");
                server.child().stdin().write(SocketCli.bytes("answered\n"));
                assertThat(peer.receive().text()).isEqualTo("answered\n");
            }
        });
    }

    @Test
    void silenceIsTheEndOfAPeer() throws Exception {
        run(() -> {
            try (Server server = Server.start("listen", "udp:127.0.0.1:0", "--idle", "0.3");
                    Datagrams peer = Udp.connect("127.0.0.1:" + server.port())) {
                peer.send(Datagram.to(peer.remote().orElseThrow(), "the last words\n"));
                assertThat(SocketCli.text(server.child().stdout().readAllBytes(100)))
                        .isEqualTo("the last words\n");
                assertThat(server.child().exit()).isEqualTo(new Exit.Exited(0));
            }
        });
    }

    @Test
    void dialAsksAServerOfDatagramsInPython() throws Exception {
        run(() -> {
            String script = """
                    import socket
                    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                    s.bind(("127.0.0.1", 0))
                    print(s.getsockname()[1], flush=True)
                    while True:
                        data, peer = s.recvfrom(65536)
                        s.sendto(b"%d " % len(data) + data.upper(), peer)
                    """;
            try (Child python = program("python3", "-c", script)
                    .stdout(Output.piped())
                    .stderr(Output.inherited())
                    .start()) {
                String port = ByteReader.over(python.stdout()).readLine().orElseThrow();
                String address = "udp:127.0.0.1:" + port;
                try (Child dial = sluice("dial", address, "lines", "--idle", "0.2", "--describe")
                        .stdin(Input.piped())
                        .stdout(Output.piped())
                        .stderr(Output.piped())
                        .start()) {
                    ByteReader answers = ByteReader.over(dial.stdout());
                    dial.stdin().write(SocketCli.bytes("ab\n\nabc\n"));
                    for (String answer : List.of("2 AB", "0 ", "3 ABC")) {
                        assertThat(answers.readLine()).contains(answer);
                    }
                    dial.stdin().close(); // from here on silence is the end
                    assertThat(answers.readLine()).isEmpty();
                    assertThat(SocketCli.text(dial.stderr().readAllBytes(1_000)))
                            .contains("  5  lines ", "  4  udp 127.0.0.1:");
                    assertThat(dial.exit()).isEqualTo(new Exit.Exited(0));
                }
                try (Child dial = sluice("dial", address)
                        .stdin(Input.piped())
                        .stdout(Output.piped())
                        .start()) {
                    dial.stdin().write(SocketCli.bytes("x".repeat(5_000)));
                    ByteReader answers = ByteReader.over(dial.stdout());
                    for (int came = 0; came < 5_000; ) {
                        int length = Integer.parseInt(
                                SocketCli.text(answers.readUntil((byte) ' ')).strip());
                        assertThat(length).isBetween(1, 1_400);
                        assertThat(answers.readExactly(length)).asString().isEqualTo("X".repeat(length));
                        came += length;
                    }
                }
            }
        });
    }

    @Test
    void dialTellsThatNobodyReceives() throws Exception {
        run(() -> {
            // A port below the range that the system gives out: a free one of the range may be dial's own.
            ProcessResult result =
                    sluice("dial", "udp:127.0.0.1:1").stdin(Input.of("hello\n")).run();
            assertThat(result.exit()).isEqualTo(new Exit.Exited(1));
            assertThat(result.stderrText()).contains("ECONNREFUSED (Connection refused): nobody listens there");
        });
    }

    @Test
    void aProxyRelaysDatagramsOfEachPeer() throws Exception {
        run(() -> {
            try (Datagrams behind = Udp.bind("127.0.0.1:0");
                    Server proxy = Server.start(
                            "proxy", "udp:127.0.0.1:0", behind.local().toString());
                    Datagrams one = Udp.connect("127.0.0.1:" + proxy.port());
                    Datagrams other = Udp.connect("127.0.0.1:" + proxy.port())) {
                for (Datagrams peer : List.of(one, other, one)) {
                    peer.send(Datagram.to(peer.remote().orElseThrow(), "from " + peer.local()));
                    Datagram asked = behind.receive();
                    assertThat(asked.text()).isEqualTo("from " + peer.local());
                    behind.send(Datagram.to(asked.peer(), "to " + peer.local()));
                    assertThat(peer.receive().text()).isEqualTo("to " + peer.local());
                }
            }
        });
    }

    // ---- streams and frames

    @Test
    void netcatAndCurlTalkToStreams(@TempDir Path directory) throws Exception {
        run(() -> {
            String path = directory.resolve("socket").toString();
            try (Server unix = Server.start("listen", "unix:" + path, "--keep", "--exec", "tr", "a-z", "A-Z")) {
                assertDone(
                        program("nc", "-N", "-U", path)
                                .stdin(Input.of("hello\n"))
                                .run(),
                        "HELLO\n");
            }
            String answer = "printf 'HTTP/1.0 200 OK\\r\\n\\r\\nhello'";
            try (Server http = Server.start("listen", "tcp:127.0.0.1:0", "--keep", "--exec", "sh", "-c", answer)) {
                assertDone(
                        program("curl", "-sS", "http://127.0.0.1:" + http.port())
                                .run(),
                        "hello");
            }
            try (var group = TaskGroup.open();
                    Child netcat = program("nc", "-v", "-N", "-l", "127.0.0.1", "0")
                            .stdin(Input.of("from nc\n"))
                            .stdout(Output.piped())
                            .stderr(Output.piped())
                            .start()) {
                String line = ByteReader.over(netcat.stderr()).readLine().orElseThrow();
                String port = line.replaceAll(".* ", "");
                Task<byte[]> heard = group.start("heard", () -> netcat.stdout().readAllBytes(100));
                assertDone(
                        sluice("dial", "tcp:127.0.0.1:" + port)
                                .stdin(Input.of("to nc\n"))
                                .run(),
                        "from nc\n");
                assertThat(SocketCli.text(heard.get())).isEqualTo("to nc\n");
                group.join();
            }
        });
    }

    @Test
    void aPeerInPythonSeesFrames() throws Exception {
        String script = """
                import socket, sys
                l = socket.create_server(("127.0.0.1", 0))
                print(l.getsockname()[1], flush=True)
                s, _ = l.accept()
                got = b""
                while piece := s.recv(4096):
                    got += piece
                print(got.hex(), flush=True)
                for byte in got + got:
                    s.send(bytes([byte]))
                s.close()
                """;
        run(() -> {
            try (Child python = program("python3", "-c", script)
                    .stdout(Output.piped())
                    .stderr(Output.inherited())
                    .start()) {
                ByteReader said = ByteReader.over(python.stdout());
                String port = said.readLine().orElseThrow();
                assertDone(
                        sluice("dial", "tcp:127.0.0.1:" + port, "length4")
                                .stdin(Input.of("ab\nc"))
                                .run(),
                        "ab\nc\nab\nc\n");
                assertThat(said.readLine()).contains("00000002616200000001" + "63");
            }
        });
    }

    @Test
    void aProxyChangesTheFraming() throws Exception {
        run(() -> {
            try (Server echo = Server.start("listen", "tcp:127.0.0.1:0", "--keep", "--exec", "cat");
                    Server proxy = Server.start(
                            "proxy", "tcp:127.0.0.1:0", echo.address(), "netstring", "--beyond", "fixed:3")) {
                ProcessResult socat = program("socat", "-t30", "-", "TCP:127.0.0.1:" + proxy.port())
                        .stdin(Input.of("3:abc,3:def,"))
                        .run();
                assertDone(socat, "3:abc,3:def,");
                ProcessResult wrong = program("socat", "-t30", "-", "TCP:127.0.0.1:" + proxy.port())
                        .stdin(Input.of("4:abcd,"))
                        .run();
                assertThat(wrong.stdoutText()).isEmpty();
                assertThat(proxy.errors().readLine().orElse("")).contains("length=4, expected at most 3");
            }
        });
    }
}

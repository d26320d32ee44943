package dev.sluice.tls;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.io.ByteReader;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.net.Listener;
import dev.sluice.net.Tcp;
import dev.sluice.net.TcpAddress;
import dev.sluice.process.Command;
import dev.sluice.process.Input;
import dev.sluice.task.Action;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import dev.sluice.tls.TlsContext.PeerCheck;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Real peers: openssl, curl, and Python's asyncio.
@SuppressWarnings("try") // a close in the middle is what is tested
class PeersTest {
    private static final String CA = Certificates.file("ca.pem").toString();

    private static void run(Action<?> body) throws Exception {
        LoopsConfig config = LoopsConfig.defaults().withStallLimit(ofSeconds(20));
        Sluice.run(config, () -> Deadline.after(ofSeconds(60)).named("test").run(body));
    }

    private interface Client {
        void run(String port) throws Exception;
    }

    /// Runs a client beside a server of ours.
    private static void serve(TlsContext context, Listener.Handler handler, Client client) throws Exception {
        run(() -> {
            try (Listener listener = Tcp.listen("127.0.0.1:0");
                    var group = TaskGroup.open()) {
                group.start("server", () -> listener.serve(context.serving(handler)));
                client.run(Integer.toString(((TcpAddress) listener.address()).port()));
                listener.close();
                group.join();
            }
        });
    }

    private static Command openssl(List<String> more, String... arguments) {
        List<String> line = new ArrayList<>(List.of(arguments));
        line.addAll(more);
        return Command.of("openssl", line.toArray(String[]::new));
    }

    private static Command sClient(String port, List<String> more) {
        return openssl(
                more,
                "s_client",
                "-connect",
                "127.0.0.1:" + port,
                "-CAfile",
                CA,
                "-verify_return_error",
                "-servername",
                "sluice.test");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_3", "-tls1_2"})
    void anOpensslClientTalks(String version) throws Exception {
        serve(
                Certificates.server().withApplications("echo"),
                connection -> connection.write(ByteReader.over(connection)
                        .readLine()
                        .orElse("nothing")
                        .concat(", yes\n")
                        .getBytes(StandardCharsets.UTF_8)),
                port -> {
                    var result = sClient(port, List.of(version, "-alpn", "echo", "-ign_eof"))
                            .stdin(Input.of("hello\n"))
                            .run();
                    assertThat(result.stdoutText())
                            .contains("hello, yes")
                            .contains("Verify return code: 0 (ok)")
                            .contains("ALPN protocol: echo")
                            .contains(version.equals("-tls1_3") ? "TLSv1.3" : "TLSv1.2");
                });
    }

    @Test
    void anOpensslClientShowsWhoItIs() throws Exception {
        TlsContext context =
                Certificates.server().withTrust(Certificates.file("ca.pem")).withPeerCheck(PeerCheck.REQUIRED);
        serve(
                context,
                connection -> {
                    String name = ((TlsConnection) connection)
                            .peer()
                            .orElseThrow()
                            .getSubjectX500Principal()
                            .getName();
                    connection.write((name + "\n").getBytes(StandardCharsets.UTF_8));
                },
                port -> {
                    List<String> identity = List.of(
                            "-cert",
                            Certificates.file("client.pem").toString(),
                            "-key",
                            Certificates.file("client.key").toString(),
                            "-ign_eof");
                    assertThat(sClient(port, identity).stdin(Input.of("")).run().stdoutText())
                            .contains("CN=sluice client");
                    var unknown = sClient(port, List.of("-ign_eof"))
                            .stdin(Input.of(""))
                            .run();
                    assertThat(unknown.stderrText()).contains("alert");
                });
    }

    @Test
    void anOpensslClientResumes(@TempDir Path directory) throws Exception {
        String file = directory.resolve("session").toString();
        serve(
                Certificates.server(),
                connection -> connection.write("hello\n".getBytes(StandardCharsets.UTF_8)),
                port -> {
                    sClient(port, List.of("-ign_eof", "-sess_out", file))
                            .stdin(Input.of(""))
                            .run();
                    assertThat(sClient(port, List.of("-ign_eof", "-sess_in", file))
                                    .stdin(Input.of(""))
                                    .run()
                                    .stdoutText())
                            .contains("Reused, TLSv1.3");
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_3", "-tls1_2"})
    void anOpensslServerAnswers(String version, @TempDir Path directory) throws Exception {
        Path page = Files.writeString(directory.resolve("page.txt"), "x".repeat(300_000) + "\n");
        run(() -> {
            List<String> more = List.of(
                    version,
                    "-WWW",
                    "-cert",
                    Certificates.file("rsa.pem").toString(),
                    "-key",
                    key("rsa").toString());
            Command command = openssl(more, "s_server", "-accept", "127.0.0.1:0")
                    .directory(directory)
                    .stdin(Input.piped());
            try (var server = command.start()) {
                String port = port(ByteReader.over(server.stdout()));
                for (int i = 0; i < 3; i++) {
                    try (var connection = Certificates.client().connect(Tcp.connect("127.0.0.1:" + port), "rsa.test")) {
                        String request = "GET /" + page.getFileName() + " HTTP/1.0\r\n\r\n";
                        connection.write(request.getBytes(StandardCharsets.UTF_8));
                        byte[] answer = connection.readAllBytes(1 << 20);
                        assertThat(new String(answer, StandardCharsets.UTF_8))
                                .startsWith("HTTP/1.0 200 ok")
                                .hasSizeGreaterThan(300_000)
                                .endsWith("xxx\n");
                    }
                }
                server.terminate(ofSeconds(1));
            }
        });
    }

    private static Path key(String name) {
        return Certificates.file(name + ".key");
    }

    /// `ACCEPT 127.0.0.1:4711`
    private static String port(ByteReader lines) throws IOException {
        while (true) {
            String line = lines.readLine().orElseThrow();
            if (line.startsWith("ACCEPT")) {
                return line.substring(line.lastIndexOf(':') + 1);
            }
        }
    }

    @Test
    void curlGetsItsPage() throws Exception {
        byte[] page = "z".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
        serve(
                Certificates.server(),
                connection -> {
                    ByteReader reader = ByteReader.over(connection);
                    String line;
                    do {
                        line = reader.readLine().orElse("");
                    } while (!line.isEmpty());
                    String head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + page.length + "\r\n\r\n";
                    connection.write(head.getBytes(StandardCharsets.UTF_8));
                    connection.write(page);
                },
                port -> {
                    var result = Command.of("curl", "-sS", "--cacert", CA, "https://localhost:" + port + "/")
                            .run();
                    assertThat(result.stderrText()).isEmpty();
                    assertThat(result.stdout()).isEqualTo(page);
                });
    }

    private static final String PYTHON = """
            import asyncio, ssl, sys
            async def main(port, ca):
                context = ssl.create_default_context(cafile=ca)
                reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname="localhost")
                data = bytes(range(256)) * 4096
                async def send():
                    for i in range(0, len(data), 10007):
                        writer.write(data[i:i + 10007])
                        await writer.drain()
                sending = asyncio.create_task(send())
                back = await reader.readexactly(len(data))
                await sending
                writer.close()
                print("same" if back == data else "other")
            asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
            """;

    @Test
    void anAsyncioClientGetsItsEcho() throws Exception {
        serve(
                Certificates.server(),
                connection -> connection.transferTo(connection),
                port -> assertThat(Command.of("python3", "-c", PYTHON, port, CA)
                                .run()
                                .stdoutText())
                        .isEqualTo("same\n"));
    }
}

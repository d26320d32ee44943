package dev.sluice.tls;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.cancel.DeadlineExceededException;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.net.Connection;
import dev.sluice.net.Memory;
import dev.sluice.task.Action;
import dev.sluice.task.Deadline;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import dev.sluice.tls.TlsContext.PeerCheck;
import dev.sluice.tls.TlsException.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What two ends agree on, and what they refuse.
class HandshakeTest {
    private static void run(Action<?> body) throws Exception {
        LoopsConfig config = LoopsConfig.defaults().withStallLimit(ofSeconds(20));
        Sluice.run(config, () -> Deadline.after(ofSeconds(60)).named("test").run(body));
    }

    private static Certificates.Pair shake(TlsContext client, String host, TlsContext server) throws IOException {
        Memory.Pair pair = Memory.pair("test");
        try (var group = TaskGroup.open()) {
            Task<TlsConnection> accepted = group.start("server", () -> server.accept(pair.far()));
            TlsConnection connected = client.connect(pair.near(), host);
            group.join();
            return new Certificates.Pair(connected, accepted.get());
        }
    }

    private static String ask(Connection from, Connection to, String text) throws IOException {
        from.write(text.getBytes(StandardCharsets.UTF_8));
        byte[] into = new byte[1_000];
        return new String(into, 0, to.read(into, 0, into.length), StandardCharsets.UTF_8);
    }

    /// Both ends of a handshake that fails; the server's failure is looked at by `server`.
    private static void refused(TlsContext client, String host, TlsContext server, Problem atClient, Problem atServer)
            throws Exception {
        Memory.Pair pair = Memory.pair("test");
        try (var group = TaskGroup.open()) {
            Task<?> accepting = group.start("server", () -> fails(() -> use(server.accept(pair.far())), atServer));
            fails(() -> use(client.connect(pair.near(), host)), atClient);
            accepting.get();
            group.join();
        }
    }

    /// With TLS 1.3 a client is through before the server has looked at its certificate.
    private static void use(TlsConnection connection) throws IOException {
        int end = connection.read(new byte[1], 0, 1);
        throw new AssertionError("read " + end);
    }

    private static void fails(ThrowingCallable body, Problem problem) {
        assertThatThrownBy(body)
                .isInstanceOfSatisfying(
                        TlsException.class,
                        failure -> assertThat(failure.problem())
                                .as(failure.getMessage())
                                .isEqualTo(problem));
    }

    // ---- agreed

    @ParameterizedTest
    @CsvSource({"TLSv1.3,server", "TLSv1.2,server", "TLSv1.2,rsa", "TLSv1.3,rsa", "TLSv1.3,curve", "TLSv1.3,edward"})
    void bytesPassInBothVersionsAndWithEachKindOfKey(String protocol, String name) throws Exception {
        run(() -> {
            TlsContext server = TlsContext.server(Certificates.identity(name));
            String host = name.equals("server") ? "localhost" : name + ".test";
            var pair = shake(Certificates.client().withProtocols(protocol), host, server);
            assertThat(pair.client().session().getProtocol()).isEqualTo(protocol);
            assertThat(pair.server().serverName()).contains(host);
            assertThat(pair.client()
                            .peer()
                            .orElseThrow()
                            .getSubjectX500Principal()
                            .getName())
                    .startsWith("CN=sluice");
            assertThat(pair.server().peer()).isEmpty();
            assertThat(pair.client().application()).isEmpty();
            assertThat(ask(pair.client(), pair.server(), "hello")).isEqualTo("hello");
            assertThat(ask(pair.server(), pair.client(), "good day")).isEqualTo("good day");
            pair.client().close();
            assertThat(pair.server().read(new byte[1], 0, 1)).isEqualTo(-1);
            pair.server().close();
        });
    }

    @Test
    void anAddressIsNoServerName() throws Exception {
        run(() -> {
            var pair = shake(Certificates.client(), "127.0.0.1", Certificates.server());
            assertThat(pair.server().serverName()).isEmpty();
            assertThat(ask(pair.client(), pair.server(), "x")).isEqualTo("x");
        });
    }

    @Test
    void whatIsSpokenInsideIsAgreedOn() throws Exception {
        run(() -> {
            TlsContext client = Certificates.client().withApplications("h2", "old", "chat");
            var pair = shake(client, "localhost", Certificates.server().withApplications("chat", "old"));
            assertThat(pair.client().application()).contains("chat");
            assertThat(pair.server().application()).contains("chat");
            refused(
                    client,
                    "localhost",
                    Certificates.server().withApplications("mail"),
                    Problem.REFUSED_BY_PEER,
                    Problem.NO_AGREEMENT);
        });
    }

    @ParameterizedTest
    @CsvSource({"rsa.test,rsa", "any.wild.test,rsa", "curve.test,curve", "localhost,server"})
    void theNameChoosesTheCertificate(String host, String name) throws Exception {
        run(() -> {
            TlsContext server = Certificates.server()
                    .withIdentity(Certificates.identity("rsa"))
                    .withIdentity(Certificates.identity("curve"));
            var pair = shake(Certificates.client(), host, server);
            assertThat(pair.client().peer())
                    .contains(Certificates.identity(name).chain().getFirst());
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {TlsContext.TLS_1_3, TlsContext.TLS_1_2})
    void bothShowWhoTheyAre(String protocol) throws Exception {
        run(() -> {
            TlsContext server = Certificates.server()
                    .withTrust(Certificates.file("ca.pem"))
                    .withPeerCheck(PeerCheck.REQUIRED)
                    .withProtocols(protocol);
            TlsContext known = Certificates.client().withIdentity(Certificates.identity("client"));
            var pair = shake(known, "localhost", server);
            assertThat(pair.server().peer())
                    .contains(Certificates.identity("client").chain().getFirst());
            assertThat(ask(pair.client(), pair.server(), "it is me")).isEqualTo("it is me");

            refused(Certificates.client(), "localhost", server, Problem.REFUSED_BY_PEER, Problem.NO_AGREEMENT);
            TlsContext lenient = server.withPeerCheck(PeerCheck.OPTIONAL);
            assertThat(shake(Certificates.client(), "localhost", lenient)
                            .server()
                            .peer())
                    .isEmpty();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {TlsContext.TLS_1_3, TlsContext.TLS_1_2})
    void aClientThatComesAgainResumes(String protocol) throws Exception {
        run(() -> {
            TlsContext client = Certificates.client().withProtocols(protocol);
            TlsContext server = Certificates.server();
            var first = shake(client, "localhost", server);
            assertThat(ask(first.server(), first.client(), "and a ticket")).isEqualTo("and a ticket");
            long begun = first.client().session().getCreationTime();
            var fresh = shake(Certificates.client().withProtocols(protocol), "localhost", server);
            assertThat(fresh.client().session().getCreationTime()).isGreaterThan(begun);
            var second = shake(client, "localhost", server);
            assertThat(ask(second.server(), second.client(), "x")).isEqualTo("x");
            assertThat(second.client().session().getCreationTime()).isEqualTo(begun);
        });
    }

    @Test
    void anUpgradeGoesOnWithTheSameConnection() throws Exception {
        run(() -> {
            Memory.Pair plain = Memory.pair("test");
            assertThat(ask(plain.near(), plain.far(), "STARTTLS\n")).isEqualTo("STARTTLS\n");
            assertThat(ask(plain.far(), plain.near(), "ready\n")).isEqualTo("ready\n");
            var pair = Certificates.shake(Certificates.client(), plain.near(), Certificates.server(), plain.far());
            assertThat(ask(pair.client(), pair.server(), "secret")).isEqualTo("secret");
        });
    }

    @Test
    void aCertificateIsReplacedWhileTheServerRuns(@TempDir Path directory) throws Exception {
        Path chain = directory.resolve("chain.pem");
        Path key = directory.resolve("key.pem");
        Files.copy(Certificates.file("rsa.pem"), chain);
        Files.copy(Certificates.file("rsa.key"), key);
        run(() -> {
            TlsIdentity identity = TlsIdentity.load(chain, key);
            TlsContext server = TlsContext.server(identity);
            shake(Certificates.client(), "rsa.test", server);

            Files.write(chain, Files.readAllBytes(Certificates.file("curve.pem")));
            assertThatThrownBy(identity::reload)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("is not that of the first certificate");
            shake(Certificates.client(), "rsa.test", server);

            Files.write(key, Files.readAllBytes(Certificates.file("curve.key")));
            identity.reload();
            var pair = shake(Certificates.client(), "curve.test", server);
            assertThat(pair.client().peer())
                    .contains(Certificates.identity("curve").chain().getFirst());
        });
    }

    // ---- refused

    @Test
    void whoIsNotTrustedIsRefused() throws Exception {
        run(() -> {
            TlsContext jdk = TlsContext.client();
            refused(jdk, "localhost", Certificates.server(), Problem.UNTRUSTED_PEER, Problem.REFUSED_BY_PEER);
            TlsContext expired = TlsContext.server(Certificates.identity("expired"));
            refused(Certificates.client(), "localhost", expired, Problem.UNTRUSTED_PEER, Problem.REFUSED_BY_PEER);
            TlsContext known = TlsContext.client().withTrust(Certificates.file("expired.pem"));
            refused(known, "localhost", expired, Problem.UNTRUSTED_PEER, Problem.REFUSED_BY_PEER);
            TlsContext other = TlsContext.server(Certificates.identity("rsa"));
            refused(Certificates.client(), "localhost", other, Problem.UNTRUSTED_PEER, Problem.REFUSED_BY_PEER);

            TlsContext credulous = jdk.withPeerCheck(PeerCheck.NONE);
            assertThat(shake(credulous, "localhost", expired).client().peer()).isPresent();
        });
    }

    @Test
    void versionsMustMeet() throws Exception {
        run(() -> refused(
                Certificates.client().withProtocols(TlsContext.TLS_1_3),
                "localhost",
                Certificates.server().withProtocols(TlsContext.TLS_1_2),
                Problem.REFUSED_BY_PEER,
                Problem.NO_AGREEMENT));
    }

    @Test
    void whatIsNotTlsIsSaidToBe() throws Exception {
        run(() -> {
            Memory.Pair pair = Memory.pair("test");
            pair.near().write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            pair.near().closeOutput();
            fails(() -> Certificates.server().accept(pair.far()), Problem.NOT_TLS);
        });
    }

    @Test
    void aSilentPeerHasALimit() throws Exception {
        run(() -> {
            Memory.Pair pair = Memory.pair("test");
            TlsContext server = Certificates.server().withHandshakeLimit(ofMillis(50));
            fails(() -> server.accept(pair.far()), Problem.TIMEOUT);
            assertThatThrownBy(() -> pair.far().read(new byte[1], 0, 1)).hasMessageContaining("closed");
            Memory.Pair gone = Memory.pair("gone");
            gone.near().close();
            fails(() -> Certificates.server().accept(gone.far()), Problem.TRUNCATED);
        });
    }

    @Test
    void aCancelledHandshakeClosesTheConnection() throws Exception {
        run(() -> {
            Memory.Pair pair = Memory.pair("test");
            assertThatThrownBy(() -> Deadline.after(ofMillis(50))
                            .run(() -> Certificates.server().accept(pair.far())))
                    .isInstanceOf(DeadlineExceededException.class);
            assertThatThrownBy(() -> pair.far().read(new byte[1], 0, 1)).hasMessageContaining("closed");
        });
    }

    @Test
    void whatIsWrongWithFilesIsSaid(@TempDir Path directory) throws Exception {
        Path none = Files.writeString(directory.resolve("none.pem"), "nothing of the kind");
        Path server = Certificates.file("server.pem");
        assertThatThrownBy(() -> TlsIdentity.load(none, none)).hasMessageContaining("certificates=0");
        assertThatThrownBy(() -> TlsIdentity.load(server, none)).hasMessageContaining("keys=0");
        assertThatThrownBy(() -> TlsIdentity.load(server, Certificates.file("encrypted.key")))
                .hasMessageContaining("it is encrypted");
        assertThatThrownBy(() -> TlsIdentity.load(server, Certificates.file("rsa.key")))
                .hasMessageContaining("is not that of the first certificate");
        byte[] broken = Files.readAllBytes(Certificates.file("curve.key"));
        var random = new SplittableRandom(4);
        Path changed = directory.resolve("changed.key");
        for (int i = 0; i < 300; i++) {
            byte[] bytes = broken.clone();
            bytes[31 + random.nextInt(bytes.length - 62)] = (byte) ('A' + random.nextInt(26));
            Files.write(changed, bytes);
            try {
                TlsIdentity.load(Certificates.file("curve.pem"), changed);
            } catch (IOException expected) {
                assertThat(expected).hasMessageContaining("key");
            }
        }
    }
}

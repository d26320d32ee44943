package dev.sluice.guide;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.io.ByteReader;
import dev.sluice.layer.Messages;
import dev.sluice.layer.Stack;
import dev.sluice.net.Connection;
import dev.sluice.net.Listener;
import dev.sluice.net.Tcp;
import dev.sluice.process.Command;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import dev.sluice.tls.TlsConnection;
import dev.sluice.tls.TlsContext;
import dev.sluice.tls.TlsException;
import dev.sluice.tls.TlsIdentity;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("try") // a close in the middle is what is tested
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TlsGuideTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// What the guide tells the reader to do by hand.
    private static void makeCertificate(Path chain, Path key) throws Exception {
        String line =
                "req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -days 30 -addext subjectAltName=DNS:localhost";
        Command openssl = Command.of("openssl", line.split(" ", -1));
        var made = openssl.argument("-keyout")
                .argument(key.toString())
                .argument("-out")
                .argument(chain.toString())
                .run();
        assertThat(made.exit().succeeded()).as(made.stderrText()).isTrue();
    }

    @Test
    void bothEndsAreOneLine(@TempDir Path directory) throws Exception {
        Path chain = directory.resolve("chain.pem");
        Path key = directory.resolve("key.pem");
        Sluice.run(() -> {
            makeCertificate(chain, key);
            try (var group = TaskGroup.open();
                    Listener listener = Tcp.listen("127.0.0.1:0")) {
                // tag::server
                TlsIdentity identity = TlsIdentity.load(chain, key);
                TlsContext server = TlsContext.server(identity);
                group.start(
                        "server",
                        () -> listener.serve(server.serving(connection -> connection.transferTo(connection))));
                // end::server
                String address = listener.address().place();
                // tag::client
                TlsContext client = TlsContext.client().withTrust(chain); // else what the JDK trusts
                try (Connection connection = client.connect(Tcp.connect(address), "localhost")) {
                    connection.write(bytes("hello\n"));
                    IO.println(ByteReader.over(connection).readLine().orElseThrow());
                }
                // end::client

                // tag::stack
                Stack stack = Stack.over(Tcp.connect(address)).tls(client, "localhost"); // a server says tls(server)
                Messages<String> lines = stack.lines();
                // end::stack
                lines.send("good day");
                assertThat(lines.receive()).contains("good day");
                assertThat(lines.describe()).contains("6  tls TLSv1.3");
                lines.close();

                // tag::reload
                identity.reload(); // connections that are there stay as they are
                // end::reload

                // tag::untrusted
                try (Connection connection = TlsContext.client().connect(Tcp.connect(address), "localhost")) {
                    connection.write(bytes("hello"));
                } catch (TlsException refused) {
                    IO.println(refused.problem() + ": " + refused.getMessage());
                }
                // end::untrusted
                assertThatThrownBy(() -> TlsContext.client().connect(Tcp.connect(address), "localhost"))
                        .isInstanceOf(TlsException.class)
                        .hasMessageContaining("UNTRUSTED_PEER");
                listener.close();
                group.join();
            }
        });
    }

    @Test
    void aConnectionIsUpgraded(@TempDir Path directory) throws Exception {
        Path chain = directory.resolve("chain.pem");
        Path key = directory.resolve("key.pem");
        Sluice.run(() -> Deadline.after(ofSeconds(30)).run(() -> {
            makeCertificate(chain, key);
            TlsContext server = TlsContext.server(TlsIdentity.load(chain, key));
            TlsContext client = TlsContext.client().withTrust(chain);
            try (var group = TaskGroup.open();
                    Listener listener = Tcp.listen("127.0.0.1:0")) {
                group.start("server", () -> {
                    // tag::upgrade
                    Connection plain = listener.accept();
                    byte[] asked = new byte[9];
                    plain.read(asked, 0, 9); // STARTTLS, and not a byte more
                    plain.write(bytes("ready\n"));
                    TlsConnection secure = server.accept(plain);
                    // end::upgrade
                    secure.transferTo(secure);
                    secure.close();
                });
                Connection plain = Tcp.connect(listener.address().place());
                plain.write(bytes("STARTTLS\n"));
                assertThat(plain.read(new byte[6], 0, 6)).isEqualTo(6);
                try (Connection secure = client.connect(plain, "localhost")) {
                    secure.write(bytes("secret\n"));
                    assertThat(ByteReader.over(secure).readLine()).contains("secret");
                }
                group.join();
            }
        }));
    }
}

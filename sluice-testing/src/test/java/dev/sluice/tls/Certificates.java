package dev.sluice.tls;

import dev.sluice.net.Connection;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;

/// The certificates of the tests, and two ends that use them.
final class Certificates {
    private Certificates() {}

    /// Two ends that have shaken hands.
    record Pair(TlsConnection client, TlsConnection server) {}

    static Path file(String name) {
        try {
            return Path.of(Objects.requireNonNull(Certificates.class.getResource(name), name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    static TlsIdentity identity(String name) {
        try {
            return TlsIdentity.load(file(name + ".pem"), file(name + ".key"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Shows the certificate `server`.
    static TlsContext server() {
        return TlsContext.server(identity("server"));
    }

    /// Trusts all of them.
    static TlsContext client() {
        try {
            return TlsContext.client().withTrust(file("ca.pem"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Shakes hands over two ends that are connected.
    static Pair shake(TlsContext client, Connection near, TlsContext server, Connection far) throws IOException {
        return shake(client, near, "sluice.test", server, far);
    }

    private static Pair shake(TlsContext client, Connection near, String host, TlsContext server, Connection far)
            throws IOException {
        try (var group = TaskGroup.open()) {
            Task<TlsConnection> accepted = group.start("server", () -> server.accept(far));
            TlsConnection connected = client.connect(near, host);
            group.join();
            return new Pair(connected, accepted.get());
        }
    }
}

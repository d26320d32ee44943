package dev.sluice.tls;

import dev.sluice.internal.io.LoopCalls;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.net.Connection;
import dev.sluice.net.Listener;
import dev.sluice.net.TcpAddress;
import dev.sluice.sync.Once;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/// How TLS is spoken: who one is, whom one trusts, which versions. It makes connections out of connections.
///
/// ```java
/// TlsContext client = TlsContext.client();
/// Connection secure = client.connect(Tcp.connect("example.org:443"), "example.org");
///
/// TlsContext server = TlsContext.server(TlsIdentity.load(chain, key));
/// listener.serve(server.serving(connection -> connection.transferTo(connection)));
/// ```
///
/// Any connection will do: of TCP, of Unix sockets, of memory, or one that has been spoken on already, which is
/// how `STARTTLS` works. For that, be sure that nothing more has been read from it than what came before.
///
/// A context is a value; its `with` methods make others. Make one and keep it: its connections share the
/// sessions, so that a client that comes again shakes hands faster (resumption), for up to a day.
///
/// The engine is the JDK's (RFC 8446, RFC 5246); what it refuses by default, as old ciphers, is refused.
///
/// Threads: any.
public final class TlsContext {
    /// The name of TLS 1.3.
    public static final String TLS_1_3 = "TLSv1.3";

    /// The name of TLS 1.2.
    public static final String TLS_1_2 = "TLSv1.2";

    private static final Duration HANDSHAKE_LIMIT = Duration.ofSeconds(10);
    private static final Pattern NUMERIC = Pattern.compile("[0-9.]+|.*:.*");

    private final List<TlsIdentity> identities;
    private final Trust trust;
    private final Offer offer;
    private final Duration handshakeLimit;
    private final Once<SSLContext> made = new Once<>("TLS context");

    /// Whether the peer has to show a certificate.
    public enum PeerCheck {
        /// It has to, and it must be one that is trusted; a server's must be for the name that the client asks
        /// for.
        REQUIRED,
        /// It may; if it does it must be one that is trusted. For servers.
        OPTIONAL,
        /// A server does not ask for one. A client takes any: the bytes are encrypted, but who knows for whom.
        NONE
    }

    /// @param roots empty for those that the JDK trusts
    private record Trust(List<X509Certificate> roots, PeerCheck check) {}

    private record Offer(List<String> protocols, List<String> applications) {}

    private TlsContext(List<TlsIdentity> identities, Trust trust, Offer offer, Duration handshakeLimit) {
        this.identities = List.copyOf(identities);
        this.trust = trust;
        this.offer = offer;
        this.handshakeLimit = handshakeLimit;
    }

    /// For clients: trusts what the JDK trusts, speaks TLS 1.3 and 1.2, 10 seconds for a handshake.
    public static TlsContext client() {
        return new TlsContext(
                List.of(),
                new Trust(List.of(), PeerCheck.REQUIRED),
                new Offer(List.of(TLS_1_3, TLS_1_2), List.of()),
                HANDSHAKE_LIMIT);
    }

    /// For servers: shows that identity, asks for none, speaks TLS 1.3 and 1.2, 10 seconds for a handshake.
    public static TlsContext server(TlsIdentity identity) {
        return client().withIdentity(identity).withPeerCheck(PeerCheck.NONE);
    }

    /// With one more identity. A server shows the one whose certificate is for the name that the client asks
    /// for (SNI), else the first that both can use; a client is asked for one by servers that want to know who
    /// it is.
    public TlsContext withIdentity(TlsIdentity identity) {
        List<TlsIdentity> more = new ArrayList<>(identities);
        more.add(identity);
        return new TlsContext(more, trust, offer, handshakeLimit);
    }

    /// Trusts these certificates, and those that they vouch for, and no others.
    public TlsContext withTrust(List<X509Certificate> roots) {
        if (roots.isEmpty()) {
            throw new IllegalArgumentException("tls context: roots=0, expected 1 or more");
        }
        return new TlsContext(identities, new Trust(List.copyOf(roots), trust.check), offer, handshakeLimit);
    }

    /// As [#withTrust(List)], from a PEM file. This blocks the thread for as long as a file takes.
    public TlsContext withTrust(Path roots) throws IOException {
        return withTrust(Pem.certificates(roots));
    }

    /// With another rule for the peer's certificate.
    public TlsContext withPeerCheck(PeerCheck check) {
        return new TlsContext(identities, new Trust(trust.roots, check), offer, handshakeLimit);
    }

    /// With these versions.
    ///
    /// @param protocols of [#TLS_1_3] and [#TLS_1_2], at least one
    public TlsContext withProtocols(String... protocols) {
        List<String> all = List.of(protocols);
        if (all.isEmpty() || !List.of(TLS_1_3, TLS_1_2).containsAll(all)) {
            throw new IllegalArgumentException(
                    "tls context: protocols=" + all + ", expected " + TLS_1_3 + " or " + TLS_1_2 + " or both");
        }
        return new TlsContext(identities, trust, new Offer(all, offer.applications), handshakeLimit);
    }

    /// With names of what may be spoken inside, the best first (ALPN, RFC 7301). If the peer has such a list
    /// and nothing is in both, the handshake fails; if it has none, [TlsConnection#application] is empty.
    public TlsContext withApplications(String... names) {
        return new TlsContext(identities, trust, new Offer(offer.protocols, List.of(names)), handshakeLimit);
    }

    /// With another limit for a whole handshake.
    ///
    /// @param limit above zero
    public TlsContext withHandshakeLimit(Duration limit) {
        if (!limit.isPositive()) {
            throw new IllegalArgumentException("tls context: handshakeLimit=" + limit + ", expected more than 0");
        }
        return new TlsContext(identities, trust, offer, limit);
    }

    /// Shakes hands as the client.
    ///
    /// @param connection belongs to the result from now on, and is closed if this fails or is cancelled
    /// @param host whom the peer must be: a name or an address that its certificate is for
    /// @throws TlsException if the two do not agree
    public TlsConnection connect(Connection connection, String host) throws IOException {
        EventLoop loop = LoopCalls.currentLoop("TLS over " + connection);
        int port = connection.remote() instanceof TcpAddress address ? address.port() : 0;
        SSLEngine engine = context(loop).createSSLEngine(host, port); // the key of the sessions to resume
        engine.setUseClientMode(true);
        SSLParameters parameters = parameters(engine);
        if (trust.check != PeerCheck.NONE) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS"); // the rules of RFC 2818
        }
        if (!NUMERIC.matcher(host).matches()) {
            parameters.setServerNames(List.of(new SNIHostName(host)));
        }
        engine.setSSLParameters(parameters);
        return shake(connection, engine, loop);
    }

    /// Shakes hands as the server.
    ///
    /// @param connection belongs to the result from now on, and is closed if this fails or is cancelled
    /// @throws TlsException if the two do not agree
    /// @throws IllegalStateException if the context has no identity
    public TlsConnection accept(Connection connection) throws IOException {
        if (identities.isEmpty()) {
            throw new IllegalStateException("TLS over " + connection + ": identities=0, expected 1 or more to accept");
        }
        EventLoop loop = LoopCalls.currentLoop("TLS over " + connection);
        SSLEngine engine = context(loop).createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = parameters(engine);
        switch (trust.check) {
            case REQUIRED -> parameters.setNeedClientAuth(true);
            case OPTIONAL -> parameters.setWantClientAuth(true);
            case NONE -> {}
        }
        engine.setSSLParameters(parameters);
        return shake(connection, engine, loop);
    }

    /// A handler for [Listener#serve] that shakes hands and hands the connection to another one. The handshake
    /// is part of serving: a slow client holds up nobody else.
    public Listener.Handler serving(Listener.Handler handler) {
        return connection -> {
            try (TlsConnection secure = accept(connection)) {
                handler.serve(secure);
            }
        };
    }

    private SSLParameters parameters(SSLEngine engine) {
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(offer.protocols.toArray(String[]::new));
        parameters.setApplicationProtocols(offer.applications.toArray(String[]::new));
        parameters.setUseCipherSuitesOrder(true);
        return parameters;
    }

    private TlsConnection shake(Connection connection, SSLEngine engine, EventLoop loop) throws IOException {
        var stream = new TlsStream(connection, engine, loop);
        stream.handshake(handshakeLimit);
        return stream;
    }

    private SSLContext context(EventLoop loop) {
        return made.get(() -> Offload.call(loop, () -> Engines.context(identities, trust.roots, trust.check)));
    }

    @Override
    public String toString() {
        return "TLS context with identities=" + identities + " roots=" + trust.roots.size() + " check=" + trust.check
                + " protocols=" + offer.protocols + " applications=" + offer.applications;
    }
}

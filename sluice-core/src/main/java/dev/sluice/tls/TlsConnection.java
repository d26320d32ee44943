package dev.sluice.tls;

import dev.sluice.net.Connection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLSession;

/// A connection whose bytes are encrypted, and whose peer is who it says.
///
/// Made by [TlsContext#connect] and [TlsContext#accept]. It has the other connection's ends and name; its
/// statistics count what readers and writers see, and what waits to be sent: encrypted, as it is sent, but for
/// what was written just now. All that [Connection] says holds, and besides:
///
/// - The end of the input is what the peer has *said* (`close_notify`). If the bytes just end, that is a
///   [TlsException] with [TlsException.Problem#TRUNCATED], since anybody on the way could have cut them off.
/// - [Connection#closeOutput] ends one half with TLS 1.3. TLS 1.2 has no halves (RFC 5246, 7.2.1): the peer's
///   output ends with its input.
/// - [Connection#close] says the end behind what was written. It fails if something of that was dropped; not if only
///   the end could not be said, since the peer has gone: all that was written had been handed to the system before.
/// - With TLS 1.3, what coroutines of the connection's loop write between two suspensions shares records of up to
///   16 KiB. Several records are sent as one piece, and read as far as the reader has room.
/// - A peer that asks to negotiate again is refused.
public interface TlsConnection extends Connection {
    /// Reads what has come, as [Connection] does.
    ///
    /// @throws TlsException if it was not the peer who has sent that, or if the input ends and nobody said so
    @Override
    int read(ByteBuffer into) throws IOException;

    /// What the handshake has agreed on: protocol, cipher suite, certificates.
    SSLSession session();

    /// The certificate with which the peer has shown who it is; empty if it was not asked to.
    Optional<X509Certificate> peer();

    /// The protocol to be spoken inside, if both sides know one of the same name (ALPN, RFC 7301).
    Optional<String> application();

    /// The name that the client has asked for (SNI, RFC 6066); empty if it named none.
    Optional<String> serverName();
}

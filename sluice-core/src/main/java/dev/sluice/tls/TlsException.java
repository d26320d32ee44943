package dev.sluice.tls;

import dev.sluice.net.Connection;
import dev.sluice.net.NetException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Locale;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

/// TLS that did not work out:
/// `handshake tcp 127.0.0.1:4711->127.0.0.1:443: UNTRUSTED_PEER (No name matching example.org found)`.
public final class TlsException extends NetException {
    private static final long serialVersionUID = 1;

    /// What is wrong.
    public enum Problem {
        /// The peer's certificate is not one that is trusted, or is for another name, or has expired.
        UNTRUSTED_PEER,
        /// The peer has said that it does not go on, and why.
        REFUSED_BY_PEER,
        /// The two have no protocol, cipher suite or application protocol in common, or one of them breaks the
        /// rules of the handshake.
        NO_AGREEMENT,
        /// What came is not TLS.
        NOT_TLS,
        /// What came was changed on its way, or breaks the rules.
        BROKEN_RECORD,
        /// The bytes ended, and the peer had not said that they would.
        TRUNCATED,
        /// The handshake took longer than the context allows.
        TIMEOUT
    }

    private final Problem problem;

    TlsException(String operation, Connection connection, Problem problem, String text) {
        super(operation, connection, problem + " (" + text + ")");
        this.problem = problem;
    }

    static TlsException of(String operation, Connection connection, SSLException cause) {
        String text = String.valueOf(cause.getMessage());
        var failure = new TlsException(operation, connection, problem(cause, text), text);
        failure.initCause(cause);
        return failure;
    }

    /// What is told of a failure that somebody else has met, or nobody: of a write behind the scenes.
    static NetException later(String operation, Connection connection, IOException earlier) {
        NetException failure = earlier instanceof NetException net && net.isPeerGone()
                ? NetException.reset(operation, connection)
                : new TlsException(operation, connection, Problem.BROKEN_RECORD, "an earlier write failed: " + earlier);
        failure.initCause(earlier);
        return failure;
    }

    /// The JDK tells apart by types what it finds out about certificates, and the rest by texts.
    private static Problem problem(SSLException failure, String text) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof GeneralSecurityException && !text.contains("Tag mismatch")) {
                return Problem.UNTRUSTED_PEER;
            }
        }
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.contains("received fatal alert")) {
            return Problem.REFUSED_BY_PEER;
        }
        if (lower.contains("unrecognized ssl message") || lower.contains("plaintext connection")) {
            return Problem.NOT_TLS;
        }
        return failure instanceof SSLHandshakeException ? Problem.NO_AGREEMENT : Problem.BROKEN_RECORD;
    }

    /// What is wrong.
    public Problem problem() {
        return problem;
    }
}

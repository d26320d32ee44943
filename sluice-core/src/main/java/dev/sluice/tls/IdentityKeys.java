package dev.sluice.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// Chooses the identity of a handshake: the one whose certificate is for the name that the client asks for,
/// else the first, among those whose keys both sides know how to use.
///
/// An alias is `identity.version`, so that certificate and key are of one version though it is replaced in
/// between.
///
/// Threads: any.
final class IdentityKeys extends X509ExtendedKeyManager {
    private static final int DNS_NAME = 2; // RFC 5280, 4.2.1.6

    private final List<TlsIdentity> identities;

    IdentityKeys(List<TlsIdentity> identities) {
        this.identities = identities;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        String first = null;
        boolean nameIsKnown = false; // though perhaps by one with another kind of key, of which we are asked later
        for (int i = 0; i < identities.size(); i++) {
            TlsIdentity.Material material = identities.get(i).material();
            boolean fits = fits(material, keyType);
            String alias = i + "." + material.number();
            if (engine != null && isFor(material.chain().getFirst(), engine)) {
                if (fits) {
                    return alias;
                }
                nameIsKnown = true;
            }
            first = first == null && fits ? alias : first;
        }
        return nameIsKnown ? null : first;
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        for (String keyType : keyTypes) {
            String alias = chooseEngineServerAlias(keyType, issuers, null);
            if (alias != null) {
                return alias;
            }
        }
        return null;
    }

    private static boolean fits(TlsIdentity.Material material, String keyType) {
        String kind = material.key().getAlgorithm();
        return keyType.equals(kind) || keyType.startsWith(kind + "_"); // as "EC_EC", before TLS 1.3
    }

    private static boolean isFor(X509Certificate certificate, SSLEngine engine) {
        if (!(engine.getHandshakeSession() instanceof ExtendedSSLSession session)) {
            return false;
        }
        return session.getRequestedServerNames().stream()
                .anyMatch(asked -> asked instanceof SNIHostName host
                        && names(certificate).stream()
                                .anyMatch(name ->
                                        matches(name, host.getAsciiName().toLowerCase(Locale.ROOT))));
    }

    private static List<String> names(X509Certificate certificate) {
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            return all == null
                    ? List.of()
                    : all.stream()
                            .filter(name -> name.getFirst().equals(DNS_NAME))
                            .map(name -> String.valueOf(name.get(1)).toLowerCase(Locale.ROOT))
                            .toList();
        } catch (CertificateParsingException broken) {
            return List.of(); // then it is for no name
        }
    }

    /// A star stands for the first label (RFC 6125, 6.4.3).
    private static boolean matches(String pattern, String name) {
        return pattern.equals(name)
                || (pattern.startsWith("*.")
                        && name.indexOf('.') > 0
                        && name.substring(name.indexOf('.')).equals(pattern.substring(1)));
    }

    private TlsIdentity.@Nullable Material material(String alias) {
        int dot = alias.indexOf('.');
        return identities
                .get(Integer.parseInt(alias.substring(0, dot)))
                .find(Integer.parseInt(alias.substring(dot + 1)));
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        TlsIdentity.Material material = material(alias);
        return material == null ? null : material.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        TlsIdentity.Material material = material(alias);
        return material == null ? null : material.key();
    }

    // What only sockets of the JDK ask for.

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }
}

package dev.sluice.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// Makes the JDK's contexts.
final class Engines {
    private Engines() {}

    /// @throws IllegalStateException if the JDK cannot, or does not want to
    static SSLContext context(List<TlsIdentity> identities, List<X509Certificate> roots, TlsContext.PeerCheck check) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            KeyManager[] keys = {new IdentityKeys(identities)};
            context.init(keys, trust(roots, check), null);
            return context;
        } catch (GeneralSecurityException | IOException refused) {
            throw new IllegalStateException("make TLS context: " + refused.getMessage(), refused);
        }
    }

    private static TrustManager[] trust(List<X509Certificate> roots, TlsContext.PeerCheck check)
            throws GeneralSecurityException, IOException {
        if (check == TlsContext.PeerCheck.NONE) {
            return PeerTrust.anybody();
        }
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store(roots));
        return PeerTrust.inDate(factory.getTrustManagers());
    }

    private static @Nullable KeyStore store(List<X509Certificate> roots) throws GeneralSecurityException, IOException {
        if (roots.isEmpty()) {
            return null; // what the JDK trusts
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (int i = 0; i < roots.size(); i++) {
            store.setCertificateEntry("root-" + i, roots.get(i));
        }
        return store;
    }
}

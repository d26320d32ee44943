package dev.sluice.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// Takes whom the JDK takes, if their certificate is in date; or anybody for who they say they are.
///
/// The JDK looks at the dates of a certificate that it has to trust for the sake of another; one that is itself among
/// the trusted ones it takes for ever.
final class PeerTrust extends X509ExtendedTrustManager {
    private final @Nullable X509ExtendedTrustManager jdk; // null: anybody

    private PeerTrust(@Nullable X509ExtendedTrustManager jdk) {
        this.jdk = jdk;
    }

    static TrustManager[] anybody() {
        return new TrustManager[] {new PeerTrust(null)};
    }

    static TrustManager[] inDate(TrustManager[] managers) {
        TrustManager[] inDate = managers.clone();
        for (int i = 0; i < inDate.length; i++) {
            if (inDate[i] instanceof X509ExtendedTrustManager jdk) {
                inDate[i] = new PeerTrust(jdk);
            }
        }
        return inDate;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine) throws CertificateException {
        if (jdk != null) {
            jdk.checkClientTrusted(chain, kind, engine);
            chain[0].checkValidity();
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind, SSLEngine engine) throws CertificateException {
        if (jdk != null) {
            jdk.checkServerTrusted(chain, kind, engine);
            chain[0].checkValidity();
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind, Socket socket) throws CertificateException {
        if (jdk != null) {
            jdk.checkClientTrusted(chain, kind, socket);
            chain[0].checkValidity();
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind, Socket socket) throws CertificateException {
        if (jdk != null) {
            jdk.checkServerTrusted(chain, kind, socket);
            chain[0].checkValidity();
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind) throws CertificateException {
        if (jdk != null) {
            jdk.checkClientTrusted(chain, kind);
            chain[0].checkValidity();
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind) throws CertificateException {
        if (jdk != null) {
            jdk.checkServerTrusted(chain, kind);
            chain[0].checkValidity();
        }
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return jdk == null ? new X509Certificate[0] : jdk.getAcceptedIssuers();
    }
}

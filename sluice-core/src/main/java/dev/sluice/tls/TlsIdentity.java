package dev.sluice.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who one is: a certificate, those that vouch for it, and the private key.
///
/// A certificate that is about to expire is replaced while the program runs: write the files, then [#reload].
/// Handshakes from then on show the new one; connections that are there stay.
///
/// Threads: any.
public final class TlsIdentity {
    private static final byte[] SAMPLE = {1, 2, 3};

    private final @Nullable Path chainFile;
    private final @Nullable Path keyFile;

    // Written by reload, read by any handshake, each as a whole; a handshake that asked for the older one gets
    // it.
    private volatile Material current; // pairs with the write in reload
    private volatile Material previous; // pairs with the write in reload

    /// @param number which version of the identity it is
    record Material(int number, List<X509Certificate> chain, PrivateKey key) {}

    private TlsIdentity(@Nullable Path chainFile, @Nullable Path keyFile, Material first) {
        this.chainFile = chainFile;
        this.keyFile = keyFile;
        this.current = first;
        this.previous = first;
    }

    /// Reads PEM files (RFC 7468); both may be the same one. This blocks the thread for as long as a file
    /// takes.
    ///
    /// @param chain certificates: one's own, then those that vouch for it, without the root
    /// @param key a private key that is not encrypted: PKCS #8, or `RSA PRIVATE KEY` or `EC PRIVATE KEY`
    /// @throws IOException if one cannot be read, or they do not belong together
    public static TlsIdentity load(Path chain, Path key) throws IOException {
        return new TlsIdentity(chain, key, read(chain, key, 0));
    }

    /// An identity made elsewhere.
    ///
    /// @throws IllegalArgumentException if they do not belong together
    public static TlsIdentity of(List<X509Certificate> chain, PrivateKey key) {
        if (chain.isEmpty() || !belongTogether(chain.getFirst(), key)) {
            throw new IllegalArgumentException("identity: certificates=" + chain.size()
                    + ", expected 1 or more, and the private key of the first");
        }
        return new TlsIdentity(null, null, new Material(0, List.copyOf(chain), key));
    }

    /// Reads the files again. If that fails the identity stays as it is.
    ///
    /// @throws IOException if one cannot be read, or they do not belong together: they may be written right now
    /// @throws IllegalStateException if it was not read from files
    public void reload() throws IOException {
        Path chain = chainFile;
        Path key = keyFile;
        if (chain == null || key == null) {
            throw new IllegalStateException("reload " + this + ": it was not read from files");
        }
        Material now = current;
        Material next = read(chain, key, now.number + 1);
        previous = now; // before `current`: pairs with find
        current = next; // pairs with the read in material
    }

    private static Material read(Path chainFile, Path keyFile, int number) throws IOException {
        List<X509Certificate> chain = Pem.certificates(chainFile);
        PrivateKey key = Pem.key(keyFile);
        if (!belongTogether(chain.getFirst(), key)) {
            throw new IOException("load identity: the key of " + keyFile + " is not that of the first certificate of "
                    + chainFile + ", " + chain.getFirst().getSubjectX500Principal());
        }
        return new Material(number, List.copyOf(chain), key);
    }

    private static boolean belongTogether(X509Certificate certificate, PrivateKey key) {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
        };
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(SAMPLE);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(SAMPLE);
            return signature.verify(signed);
        } catch (GeneralSecurityException different) {
            return false;
        }
    }

    /// What handshakes show from now on.
    Material material() {
        return current; // pairs with the write in reload
    }

    /// What a handshake has begun to show.
    @Nullable Material find(int number) {
        Material now = current; // pairs with the write in reload
        if (now.number == number) {
            return now;
        }
        Material before = previous; // pairs with the write in reload, before that of `current`
        return before.number == number ? before : null;
    }

    /// The certificates, one's own first.
    public List<X509Certificate> chain() {
        return current.chain;
    }

    @Override
    public String toString() {
        return "identity of " + current.chain.getFirst().getSubjectX500Principal();
    }
}

package dev.sluice.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads what other programs write: text with certificates and keys between dashes (RFC 7468).
final class Pem {
    private static final long LARGEST = 16 << 20;

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----", Pattern.DOTALL);

    private static final List<String> KEY_KINDS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS");

    private Pem() {}

    private record Block(String label, String text) {
        byte[] content(Path file) throws IOException {
            try {
                return Base64.getMimeDecoder().decode(text);
            } catch (IllegalArgumentException broken) {
                throw new IOException("read " + file + ": " + label + ": " + broken.getMessage(), broken);
            }
        }
    }

    /// All certificates of a file, in their order.
    static List<X509Certificate> certificates(Path file) throws IOException {
        List<X509Certificate> found = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Block block : blocks(file)) {
                if (block.label.equals("CERTIFICATE") || block.label.equals("X509 CERTIFICATE")) {
                    var bytes = new ByteArrayInputStream(block.content(file));
                    found.add((X509Certificate) factory.generateCertificate(bytes));
                }
            }
        } catch (GeneralSecurityException broken) {
            throw new IOException("read certificates of " + file + ": " + broken.getMessage(), broken);
        }
        if (found.isEmpty()) {
            throw new IOException("read certificates of " + file + ": certificates=0, expected 1 or more in PEM");
        }
        return found;
    }

    /// The private key of a file: PKCS #8, or what older tools write for RSA and elliptic curves.
    static PrivateKey key(Path file) throws IOException {
        for (Block block : blocks(file)) {
            switch (block.label) {
                case "PRIVATE KEY" -> {
                    return key(file, block.content(file));
                }
                case "RSA PRIVATE KEY" -> {
                    return key(file, OldKeys.rsa(block.content(file)));
                }
                case "EC PRIVATE KEY" -> {
                    return key(file, OldKeys.curve(file, block.content(file)));
                }
                case "ENCRYPTED PRIVATE KEY" ->
                    throw new IOException("read key of " + file
                            + ": it is encrypted, expected one that is not: openssl pkey -in FILE -out PLAIN");
                default -> {}
            }
        }
        throw new IOException("read key of " + file + ": keys=0, expected a private key in PEM");
    }

    private static PrivateKey key(Path file, byte[] pkcs8) throws IOException {
        var spec = new PKCS8EncodedKeySpec(pkcs8);
        GeneralSecurityException last = null;
        for (String kind : KEY_KINDS) {
            try {
                return KeyFactory.getInstance(kind).generatePrivate(spec);
            } catch (InvalidKeySpecException another) {
                last = another;
            } catch (GeneralSecurityException unknown) {
                throw new IOException("read key of " + file + ": " + unknown.getMessage(), unknown);
            }
        }
        throw new IOException("read key of " + file + ": expected one of " + KEY_KINDS, last);
    }

    private static List<Block> blocks(Path file) throws IOException {
        if (Files.size(file) > LARGEST) {
            throw new IOException("read " + file + ": bytes=" + Files.size(file) + ", expected at most " + LARGEST);
        }
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
        while (matcher.find()) {
            String label = matcher.group(1);
            if (matcher.group(2).contains(":")) {
                throw new IOException("read " + file + ": " + label
                        + " with headers (encrypted?), expected one without: openssl pkey -in FILE -out PLAIN");
            }
            blocks.add(new Block(label, matcher.group(2)));
        }
        return blocks;
    }
}

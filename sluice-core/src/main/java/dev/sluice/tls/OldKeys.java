package dev.sluice.tls;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

/// Puts keys of before PKCS #8 into its envelope, which is the only one that the JDK opens (RFC 5208, 5).
///
///     SEQUENCE { version 0, SEQUENCE { algorithm, parameters }, OCTET STRING { the key as it was } }
///
/// In DER a value is its tag, its length and its bytes; a length of 128 and more has the number of its own
/// bytes in front, with the highest bit set.
final class OldKeys {
    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;
    private static final int PARAMETERS = 0xa0; // of the curve, in a key of one (RFC 5915, 3)

    private static final byte[] VERSION = {2, 1, 0};
    private static final byte[] RSA = HexFormat.of().parseHex("06092a864886f70d010101" + "0500");
    private static final byte[] CURVE = HexFormat.of().parseHex("06072a8648ce3d0201");

    private OldKeys() {}

    /// A key of PKCS #1.
    static byte[] rsa(byte[] key) {
        return value(SEQUENCE, VERSION, value(SEQUENCE, RSA), value(OCTET_STRING, key));
    }

    /// A key of SEC 1, which names its curve.
    static byte[] curve(Path file, byte[] key) throws IOException {
        try {
            for (int at = content(key, 0); at < key.length; at = content(key, at) + length(key, at)) {
                if ((key[at] & 0xff) == PARAMETERS) {
                    int from = content(key, at);
                    byte[] curve = Arrays.copyOfRange(key, from, from + length(key, at));
                    return value(SEQUENCE, VERSION, value(SEQUENCE, CURVE, curve), value(OCTET_STRING, key));
                }
            }
        } catch (IndexOutOfBoundsException | IllegalArgumentException broken) {
            throw new IOException("read key of " + file + ": it is cut off", broken);
        }
        throw new IOException("read key of " + file + ": it names no curve, expected a private key in PKCS #8");
    }

    private static int length(byte[] from, int at) {
        int first = from[at + 1] & 0xff;
        if (first < 0x80) {
            return first;
        }
        int length = 0;
        for (int i = 0; i < (first & 0x7f); i++) {
            length = length << 8 | from[at + 2 + i] & 0xff;
        }
        if (length < 0) {
            throw new IndexOutOfBoundsException(length);
        }
        return length;
    }

    /// Where the bytes of the value at `at` begin.
    private static int content(byte[] from, int at) {
        int first = from[at + 1] & 0xff;
        return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
    }

    private static byte[] value(int tag, byte[]... parts) {
        var content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        var value = new ByteArrayOutputStream();
        value.write(tag);
        int length = content.size();
        if (length < 0x80) {
            value.write(length);
        } else {
            int bytes = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + 7) / 8;
            value.write(0x80 | bytes);
            for (int i = bytes - 1; i >= 0; i--) {
                value.write(length >> (8 * i));
            }
        }
        value.writeBytes(content.toByteArray());
        return value.toByteArray();
    }
}

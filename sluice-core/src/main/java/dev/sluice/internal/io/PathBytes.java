package dev.sluice.internal.io;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Path;

/// The bytes of a path, as the kernel has them.
///
/// [Path#toString] is not enough: in a locale without Unicode it shows other names as question marks. The
/// path's URI has every byte.
public final class PathBytes {
    private static final int HEX = 16;

    private PathBytes() {}

    /// The path itself, if the system knows such paths.
    ///
    /// @throws IllegalArgumentException for a path of a file system that is not the system's
    public static Path require(Path path) {
        if (!path.getFileSystem().equals(FileSystems.getDefault())) {
            throw new IllegalArgumentException(
                    "path " + path.toUri() + ": of " + path.getFileSystem() + ", expected the default file system");
        }
        return path;
    }

    /// The absolute path.
    ///
    /// @throws IllegalArgumentException for a path of a file system that is not the system's
    public static byte[] of(Path path) {
        byte[] raw = require(path).toUri().getRawPath().getBytes(StandardCharsets.US_ASCII);
        var bytes = new ByteArrayOutputStream(raw.length);
        for (int i = 0; i < raw.length; i++) {
            if (raw[i] == '%') {
                bytes.write(Character.digit(raw[i + 1], HEX) * HEX + Character.digit(raw[i + 2], HEX));
                i += 2;
            } else {
                bytes.write(raw[i]);
            }
        }
        byte[] whole = bytes.toByteArray();
        boolean slash = whole.length > 1 && whole[whole.length - 1] == '/'; // the URI of a directory ends with one
        return slash ? java.util.Arrays.copyOf(whole, whole.length - 1) : whole;
    }
}

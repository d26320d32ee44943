package dev.sluice.cli.map;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The arguments of this process as bytes: the JVM decodes them, and what is no text in the locale's encoding
/// is lost.
final class RawArguments {
    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

    private RawArguments() {}

    /// The bytes of the last arguments of the command line.
    ///
    /// @param decoded these arguments as the JVM has decoded them
    static List<byte[]> last(List<String> decoded) {
        boolean lossless = decoded.stream().allMatch(text -> text.chars().allMatch(c -> c < 0x80 && c != '?'));
        if (!lossless) {
            try {
                return last(decoded, Files.readAllBytes(COMMAND_LINE));
            } catch (IOException e) {
                // Another system: what the JVM has made of them is what there is.
                return encode(decoded);
            }
        }
        return encode(decoded);
    }

    static List<byte[]> last(List<String> decoded, byte[] commandLine) {
        List<byte[]> all = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < commandLine.length; i++) {
            if (commandLine[i] == 0) {
                all.add(Arrays.copyOfRange(commandLine, start, i));
                start = i + 1;
            }
        }
        int skipped = all.size() - decoded.size();
        if (skipped < 0) {
            return encode(decoded);
        }
        List<byte[]> last = all.subList(skipped, all.size());
        for (int i = 0; i < decoded.size(); i++) {
            if (!similar(decoded.get(i), last.get(i))) {
                return encode(decoded); // not our command line: called from Java code
            }
        }
        return List.copyOf(last);
    }

    /// Whether all that is ASCII in the text is in the bytes, at its place from the front, up to the first
    /// other one.
    private static boolean similar(String text, byte[] bytes) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80 || c == '?') {
                return i < bytes.length;
            }
            if (i >= bytes.length || bytes[i] != c) {
                return false;
            }
        }
        return text.length() == bytes.length;
    }

    private static List<byte[]> encode(List<String> decoded) {
        return decoded.stream()
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }
}

package dev.sluice.process;

import java.nio.charset.StandardCharsets;

/// How a program ended, and what it wrote; equal only to itself.
///
/// @param stdout empty if it was not piped
/// @param stderr empty if it was not piped
@SuppressWarnings("ArrayRecordComponent") // a result is not compared
public record ProcessResult(Exit exit, byte[] stdout, byte[] stderr) {
    /// Standard output as UTF-8; what is none shows as replacement characters.
    public String stdoutText() {
        return new String(stdout, StandardCharsets.UTF_8);
    }

    /// Standard error as UTF-8; what is none shows as replacement characters.
    public String stderrText() {
        return new String(stderr, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return exit + ", stdout=" + stdout.length + " bytes, stderr=" + stderr.length + " bytes";
    }
}

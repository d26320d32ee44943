package dev.sluice.process;

import dev.sluice.internal.io.PathBytes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Where a program's standard input comes from.
///
/// Threads: immutable.
public final class Input {
    /// The kinds, for those who start programs.
    enum Kind {
        NOTHING,
        INHERITED,
        PIPED,
        BYTES,
        FILE
    }

    private static final Input NOTHING = new Input(Kind.NOTHING, null, null);
    private static final Input INHERITED = new Input(Kind.INHERITED, null, null);
    private static final Input PIPED = new Input(Kind.PIPED, null, null);

    final Kind kind;
    final byte @Nullable [] bytes;
    final @Nullable Path path;

    private Input(Kind kind, byte @Nullable [] bytes, @Nullable Path path) {
        this.kind = kind;
        this.bytes = bytes;
        this.path = path;
    }

    /// The program finds the end at once. The default: no program takes the terminal's input by accident.
    public static Input nothing() {
        return NOTHING;
    }

    /// The standard input of this process. If that is a terminal, the program stays in this process's group, so
    /// that the terminal lets it read and gives it Ctrl-C, too; then the program alone, not its group, is ended
    /// with its scope.
    public static Input inherited() {
        return INHERITED;
    }

    /// What is written to [Child#stdin].
    public static Input piped() {
        return PIPED;
    }

    /// These bytes, then the end. A program that does not read them all is no failure. When they cannot be
    /// written for another reason, the program finds the end early, and the failure is
    /// [reported][dev.sluice.observe.Reports].
    ///
    /// @param bytes not to be changed afterwards
    public static Input of(byte[] bytes) {
        return new Input(Kind.BYTES, bytes, null);
    }

    /// This text as UTF-8, then the end.
    public static Input of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /// The content of a file.
    ///
    /// @throws IllegalArgumentException for a path of another file system than the default one
    public static Input file(Path path) {
        return new Input(Kind.FILE, null, PathBytes.require(path));
    }

    @Override
    public String toString() {
        return switch (kind) {
            case NOTHING -> "nothing";
            case INHERITED -> "inherited";
            case PIPED -> "piped";
            case BYTES -> (bytes == null ? 0 : bytes.length) + " bytes";
            case FILE -> "file " + path;
        };
    }
}

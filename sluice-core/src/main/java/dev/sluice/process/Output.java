package dev.sluice.process;

import dev.sluice.internal.io.PathBytes;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Where a program's standard output or error goes.
///
/// Threads: immutable.
public final class Output {
    /// The kinds, for those who start programs.
    enum Kind {
        PIPED,
        INHERITED,
        DISCARDED,
        MERGED,
        FILE,
        APPENDED
    }

    private static final Output PIPED = new Output(Kind.PIPED, null);
    private static final Output INHERITED = new Output(Kind.INHERITED, null);
    private static final Output DISCARDED = new Output(Kind.DISCARDED, null);
    private static final Output MERGED = new Output(Kind.MERGED, null);

    final Kind kind;
    final @Nullable Path path;

    private Output(Kind kind, @Nullable Path path) {
        this.kind = kind;
        this.path = path;
    }

    /// To [Child#stdout] or [Child#stderr], where somebody has to read it. The default.
    public static Output piped() {
        return PIPED;
    }

    /// To that of this process.
    public static Output inherited() {
        return INHERITED;
    }

    /// To nowhere.
    public static Output discarded() {
        return DISCARDED;
    }

    /// To where standard output goes, in the order of writing; for standard error only.
    public static Output merged() {
        return MERGED;
    }

    /// To a file that is created, or emptied if there is one.
    ///
    /// @throws IllegalArgumentException for a path of another file system than the default one
    public static Output file(Path path) {
        return new Output(Kind.FILE, PathBytes.require(path));
    }

    /// To the end of a file, which is created if there is none.
    ///
    /// @throws IllegalArgumentException for a path of another file system than the default one
    public static Output appended(Path path) {
        return new Output(Kind.APPENDED, PathBytes.require(path));
    }

    @Override
    public String toString() {
        return switch (kind) {
            case PIPED -> "piped";
            case INHERITED -> "inherited";
            case DISCARDED -> "discarded";
            case MERGED -> "merged into standard output";
            case FILE -> "file " + path;
            case APPENDED -> "appended to file " + path;
        };
    }
}

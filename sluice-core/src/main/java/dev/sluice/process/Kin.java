package dev.sluice.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/// A program and the processes that came from it, as far as they can be found without a process group.
///
///     sh ── sleep        descendants: found while the program lives
///      ╳    sleep        its parent has ended, and is process 1 now: found by the mark in its environment
///
/// The mark is looked for in `/proc`, so orphans are found on Linux only, and there all of them that have
/// kept their environment: each has the mark from its first instruction on.
///
/// Threads: any; it reads files.
final class Kin {
    /// The variable that marks a program and its descendants.
    static final String VARIABLE = "SLUICE_CHILD";

    private static final Path PROC = Path.of("/proc");
    private static final AtomicLong started = new AtomicLong(); // pairs with itself: only tells numbers apart

    private final String mark;
    private final ProcessHandle program;

    private Kin(String mark, ProcessHandle program) {
        this.mark = mark;
        this.program = program;
    }

    /// A mark for a program to be started, which no other program has: `<pid>.<start>.<number>`.
    static String newMark() {
        ProcessHandle self = ProcessHandle.current();
        long start = self.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
        return self.pid() + "." + start + "." + started.incrementAndGet();
    }

    /// Puts a mark into the environment of a program to be started.
    static void mark(Map<String, String> environment, String mark) {
        environment.put(VARIABLE, mark);
    }

    static Kin of(ProcessHandle program, String mark) {
        return new Kin(VARIABLE + "=" + mark, program);
    }

    /// Who lives now, the program first.
    List<ProcessHandle> living() {
        Set<ProcessHandle> found = new LinkedHashSet<>();
        if (program.isAlive()) { // else its number may be another's
            found.add(program);
            program.descendants().forEach(found::add);
        }
        if (Files.isReadable(PROC.resolve("self/environ"))) {
            addMarked(found);
        }
        return found.stream().filter(ProcessHandle::isAlive).toList();
    }

    private void addMarked(Set<ProcessHandle> found) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path entry : entries) {
                if (isMarked(entry)) {
                    ProcessHandle.of(Long.parseLong(entry.getFileName().toString()))
                            .filter(handle -> isMarked(entry)) // the handle knows when it started: it is still this one
                            .ifPresent(found::add);
                }
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException("read /proc: " + unreadable, unreadable);
        }
    }

    private boolean isMarked(Path entry) {
        return environment(entry)
                .filter(text -> List.of(text.split("\0", -1)).contains(mark))
                .isPresent();
    }

    /// Empty for a process that has ended, or is another user's.
    private static Optional<String> environment(Path entry) {
        try {
            return Optional.of(Files.readString(entry.resolve("environ"), StandardCharsets.ISO_8859_1));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }
}

package dev.sluice.cli.map;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a run leaves in files, and knows from an earlier run's: joblog and results directory.
///
/// Threads: `succeededBefore` by one worker at a time, the rest any.
final class Records implements AutoCloseable {
    private final @Nullable JobLog log;
    private final @Nullable LoggedItems before;
    private final @Nullable ResultsDirectory results;

    private Records(@Nullable JobLog log, @Nullable LoggedItems before, @Nullable ResultsDirectory results) {
        this.log = log;
        this.before = before;
        this.results = results;
    }

    /// Opens what is asked for.
    ///
    /// @param resume whether the joblog tells what need not run again; else it is begun anew
    static Records open(Optional<Path> joblog, boolean resume, Optional<Path> results) throws IOException {
        ResultsDirectory directory = results.isPresent() ? new ResultsDirectory(results.get()) : null;
        if (joblog.isEmpty()) {
            return new Records(null, null, directory);
        }
        Path file = joblog.get();
        LoggedItems before = resume && Files.exists(file) ? LoggedItems.read(file) : null;
        if (before == null || before.isEmpty()) {
            return new Records(JobLog.create(file), null, directory);
        }
        cut(file, before.length());
        return new Records(JobLog.resume(file), before, directory);
    }

    /// Takes away a last line that was not written whole.
    private static void cut(Path file, long length) throws IOException {
        if (Files.size(file) > length) {
            try (var open = new RandomAccessFile(file.toFile(), "rw")) {
                open.setLength(length);
            }
        }
    }

    /// Whether an earlier run has done this item.
    ///
    /// @throws IOException if it did something else under this number
    boolean succeededBefore(Item item, ArgumentTemplate template) throws IOException {
        return before != null && before.succeeded(item, JobLog.command(template.fill(item.bytes())));
    }

    /// What is to be said if the joblog knows of items that the input does not have.
    ///
    /// @param items how many the input has
    Optional<String> beyond(long items) {
        return before == null || before.last() <= items
                ? Optional.empty()
                : Optional.of("--resume: the joblog " + before.file() + " tells of item " + before.last()
                        + ", but the input has only " + items + ", expected the same input");
    }

    void log(JobRecord record) throws IOException {
        if (log != null) {
            log.write(record);
        }
    }

    /// The files for the outputs of an attempt, or null if nobody wants them.
    ResultsDirectory.@Nullable Entry begin(Item item) throws IOException {
        return results == null ? null : results.begin(item.seq());
    }

    @Override
    public void close() throws IOException {
        if (log != null) {
            log.close();
        }
    }
}

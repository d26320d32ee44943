package dev.sluice.cli.map;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A directory with the outputs of each item: `<seq>/stdout`, `<seq>/stderr`, and, when the item is over,
/// `<seq>/exit`.
///
/// `exit` holds the exit code in decimal and a newline: 128 + the signal for a signal, -1 for what we ended. As
/// it is written last, what has it is complete. Another attempt replaces all three.
///
/// Threads: any; an entry by one attempt, its two streams by two tasks.
final class ResultsDirectory {
    private static final int SIGNAL_BASE = 128;

    private final Path directory;

    /// Makes the directory if there is none.
    ResultsDirectory(Path directory) throws IOException {
        try {
            this.directory = Files.createDirectories(directory);
        } catch (IOException e) {
            throw new IOException("make results directory " + directory + ": " + why(e), e);
        }
    }

    /// The JDK's message is often the name alone.
    private static String why(IOException failure) {
        return switch (failure) {
            case FileAlreadyExistsException _ -> "there is a file of this name";
            case AccessDeniedException _ -> "access denied";
            case FileSystemException e when e.getReason() != null -> e.getReason();
            case FileSystemException _ -> "no directory can be made there";
            default -> String.valueOf(failure.getMessage());
        };
    }

    /// Begins an attempt.
    Entry begin(long seq) throws IOException {
        return new Entry(directory.resolve(Long.toString(seq)));
    }

    /// The files of one attempt.
    static final class Entry implements AutoCloseable {
        private final Path directory;

        // Not channels: those close when a cancelled coroutine writes to them.
        private final FileOutputStream stdout;
        private final FileOutputStream stderr;

        private Entry(Path directory) throws IOException {
            this.directory = directory;
            try {
                Files.createDirectories(directory);
                Files.deleteIfExists(directory.resolve("exit"));
                stdout = new FileOutputStream(directory.resolve("stdout").toFile());
            } catch (IOException e) {
                throw cannotWrite(directory, e);
            }
            try {
                stderr = new FileOutputStream(directory.resolve("stderr").toFile());
            } catch (IOException e) {
                stdout.close();
                throw cannotWrite(directory, e);
            }
        }

        void write(int stream, byte[] bytes, int length) throws IOException {
            try {
                (stream == Slot.STDOUT ? stdout : stderr).write(bytes, 0, length);
            } catch (IOException e) {
                throw cannotWrite(directory, e);
            }
        }

        void end(Ending ending) throws IOException {
            int code = ending instanceof Ending.Signalled(int signal, String _)
                    ? SIGNAL_BASE + signal
                    : ending.exitValue();
            Path exit = directory.resolve("exit");
            try {
                Files.writeString(exit, code + "\n");
            } catch (IOException e) {
                throw cannotWrite(exit, e);
            }
        }

        private static IOException cannotWrite(Path where, IOException failure) {
            return new IOException("write results " + where + ": " + why(failure), failure);
        }

        @Override
        public void close() throws IOException {
            try {
                stdout.close();
            } finally {
                stderr.close();
            }
        }
    }
}

package dev.sluice.cli.map;

import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/// The list of executed jobs, in the columns of GNU parallel's `--joblog`, so that its tools read it:
///
///     Seq Host Starttime JobRuntime Send Receive Exitval Signal Command        (tabs between them)
///
/// One line an attempt, written by one system call when the attempt is over: what the kernel has, a kill of
/// this process does not lose. The command is quoted for a shell; a newline in it is written as NUL, as GNU
/// parallel does.
///
/// Threads: any.
final class JobLog implements AutoCloseable {
    static final String HEADER = "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand";

    private static final int MILLION = 1_000_000;
    private static final int RUNTIME_WIDTH = 10;

    private final ReentrantLock lock = new ReentrantLock();
    private final Path file;

    /// Not a channel: those close when a cancelled coroutine writes to them.
    private final FileOutputStream out; // guarded by lock

    private JobLog(Path file, FileOutputStream out) {
        this.file = file;
        this.out = out;
    }

    /// Starts a log; what the file held is gone.
    static JobLog create(Path file) throws IOException {
        var log = new JobLog(file, open(file, false));
        log.append((HEADER + "\n").getBytes(StandardCharsets.US_ASCII));
        return log;
    }

    /// Goes on with a log.
    static JobLog resume(Path file) throws IOException {
        return new JobLog(file, open(file, true));
    }

    private static FileOutputStream open(Path file, boolean append) throws IOException {
        try {
            return new FileOutputStream(file.toFile(), append);
        } catch (IOException e) {
            throw new IOException("open joblog " + e.getMessage(), e); // which begins with the name
        }
    }

    void write(JobRecord record) throws IOException {
        append(line(record));
    }

    private void append(byte[] line) throws IOException {
        lock.lock();
        try {
            out.write(line);
        } catch (IOException e) {
            throw new IOException("write joblog " + file + ": " + e.getMessage(), e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    static byte[] line(JobRecord record) {
        Ending ending = record.ending();
        StringBuilder columns = new StringBuilder(96);
        columns.append(record.item().seq()).append("\t:\t");
        decimal(columns, record.start().toEpochMilli(), 0);
        columns.append('\t');
        decimal(columns, (record.nanos() + MILLION / 2) / MILLION, RUNTIME_WIDTH);
        columns.append("\t0\t").append(record.received());
        columns.append('\t').append(ending.exitValue());
        columns.append('\t').append(ending.signal()).append('\t');
        byte[] command = command(record.command());
        var line = new ByteArrayOutputStream(columns.length() + command.length + 1);
        line.writeBytes(columns.toString().getBytes(StandardCharsets.US_ASCII));
        line.writeBytes(command);
        line.write('\n');
        return line.toByteArray();
    }

    /// The last column: one line, whatever the command.
    static byte[] command(List<byte[]> command) {
        byte[] quoted = ShellQuote.join(command);
        for (int i = 0; i < quoted.length; i++) {
            if (quoted[i] == '\n') {
                quoted[i] = 0;
            }
        }
        return quoted;
    }

    /// Thousandths as `1.234`, padded on the left.
    private static void decimal(StringBuilder columns, long thousandths, int width) {
        String whole = String.valueOf(thousandths / 1000);
        columns.repeat(' ', Math.max(0, width - whole.length() - 4));
        String rest = String.valueOf(1000 + thousandths % 1000);
        columns.append(whole).append('.').append(rest, 1, 4);
    }
}

package dev.sluice.cli.map;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// What a joblog says about each item: whether it succeeded, and a fingerprint of its command.
///
/// Four bytes an item, in pages; the texts stay in the file. Of several lines about one item the last one
/// counts.
///
/// Threads: one at a time.
final class LoggedItems {
    private static final int PAGE_BITS = 10;
    private static final int COLUMNS = 9;
    private static final int EXIT_COLUMN = 6;
    private static final int SIGNAL_COLUMN = 7;
    private static final int COMMAND_COLUMN = 8;
    private static final int LONGEST_LINE = 16 * 1024 * 1024;
    private static final int BLOCK = 64 * 1024;
    private static final int SHOWN = 80;

    // An entry: 30 bits of a checksum, and
    private static final int KNOWN = 2;
    private static final int SUCCEEDED = 1;

    private final Path file;
    private final Map<Long, int[]> pages = new HashMap<>();
    private long length; // up to the end of the last whole line
    private long last; // the highest number of an item

    private LoggedItems(Path file) {
        this.file = file;
    }

    /// Reads a joblog.
    ///
    /// @throws IOException if it cannot be read, or is none
    static LoggedItems read(Path file) throws IOException {
        var items = new LoggedItems(file);
        items.scan(0);
        return items;
    }

    Path file() {
        return file;
    }

    /// How long the file is without a last line that was not written whole.
    long length() {
        return length;
    }

    /// The highest number of an item; 0 if there is none.
    long last() {
        return last;
    }

    boolean isEmpty() {
        return length == 0;
    }

    /// Whether the item need not run again.
    ///
    /// @param command as [JobLog#command] prints it
    /// @throws IOException if the log tells of another command under this number
    boolean succeeded(Item item, byte[] command) throws IOException {
        int[] page = pages.get(item.seq() >>> PAGE_BITS);
        int known = page == null ? 0 : page[(int) item.seq() & (1 << PAGE_BITS) - 1];
        if (known == 0) {
            return false;
        }
        if ((known | SUCCEEDED) != (fingerprint(command, 0) | KNOWN | SUCCEEDED)) {
            throw new IOException("resume item " + item.seq() + ": the joblog " + file + " has "
                    + Text.quoted(logged(item.seq()), SHOWN) + ", but now it is " + Text.quoted(command, SHOWN)
                    + ", expected the same input and the same command");
        }
        return (known & SUCCEEDED) != 0;
    }

    /// The command that the log has for an item: read again, for the message only.
    private byte[] logged(long seq) throws IOException {
        byte[] command = new LoggedItems(file).scan(seq);
        return command == null ? new byte[0] : command;
    }

    /// @param wanted the item whose command is returned; 0 for none
    private byte @Nullable [] scan(long wanted) throws IOException {
        byte[] found = null;
        var lines = new ItemSplitter((byte) '\n', LONGEST_LINE);
        try (InputStream in = Files.newInputStream(file)) {
            while (true) {
                byte[] block = new byte[BLOCK];
                int count = in.read(block);
                if (count < 0) {
                    return found;
                }
                lines.feed(block, count);
                for (Item line = lines.next(); line != null; line = lines.next()) {
                    long seq = add(line);
                    if (wanted != 0 && seq == wanted) {
                        byte[] bytes = line.bytes();
                        int start = start(bytes, COMMAND_COLUMN);
                        found = Arrays.copyOfRange(bytes, start, bytes.length);
                    }
                }
            }
        }
    }

    /// @return the number of the item, 0 for the header
    private long add(Item line) throws IOException {
        byte[] bytes = line.bytes();
        if (line.tooLong()) {
            throw malformed(line, "a line is longer than " + LONGEST_LINE + " bytes");
        }
        length += bytes.length + 1;
        if (line.seq() == 1) {
            if (!new String(bytes, StandardCharsets.ISO_8859_1).equals(JobLog.HEADER)) {
                throw malformed(line, "no joblog, expected the header of one");
            }
            return 0;
        }
        int command = start(bytes, COMMAND_COLUMN);
        if (command < 0) {
            throw malformed(line, "expected " + COLUMNS + " columns with tabs between them");
        }
        long seq = number(line, 0);
        boolean succeeded = number(line, EXIT_COLUMN) == 0 && number(line, SIGNAL_COLUMN) == 0;
        int[] page = pages.computeIfAbsent(seq >>> PAGE_BITS, key -> new int[1 << PAGE_BITS]);
        page[(int) seq & (1 << PAGE_BITS) - 1] = fingerprint(bytes, command) | KNOWN | (succeeded ? SUCCEEDED : 0);
        last = Math.max(last, seq);
        return seq;
    }

    private static int fingerprint(byte[] bytes, int from) {
        var checksum = new CRC32C();
        checksum.update(bytes, from, bytes.length - from);
        return (int) checksum.getValue() & ~(KNOWN | SUCCEEDED);
    }

    private long number(Item line, int column) throws IOException {
        int start = start(line.bytes(), column);
        int end = start;
        while (line.bytes()[end] != '\t') {
            end++;
        }
        String text = new String(line.bytes(), start, end - start, StandardCharsets.ISO_8859_1);
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw malformed(
                    line,
                    "column " + (column + 1) + " is " + Text.quoted(text.getBytes(StandardCharsets.ISO_8859_1), SHOWN)
                            + ", expected a number");
        }
    }

    /// Where a column starts; -1 if there are not that many.
    private static int start(byte[] bytes, int column) {
        int at = 0;
        for (int i = 0; i < column; i++) {
            while (at < bytes.length && bytes[at] != '\t') {
                at++;
            }
            if (at == bytes.length) {
                return -1;
            }
            at++;
        }
        return at;
    }

    private IOException malformed(Item line, String why) {
        return new IOException("read joblog " + file + ": line " + line.seq() + ": " + why);
    }
}

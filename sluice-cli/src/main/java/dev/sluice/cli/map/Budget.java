package dev.sluice.cli.map;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.StringTokenizer;

/// How much a run may take of memory, disk and open files: by the size of the heap and the limits of the
/// process.
final class Budget {
    private static final long MB = 1024 * 1024;
    private static final long GB = 1024 * MB;
    private static final long MOST_HELD = 64 * MB;
    private static final long MOST_WEIGHT = 8 * MB;
    private static final long MOST_SPILLED = 64 * GB;

    /// Each block in the spill file costs some 40 bytes of heap.
    private static final long SPILLED_PER_HEAP = 128;

    private static final String OPEN_FILES = "Max open files"; // as /proc says
    private static final int MOST_JOBS = 10_000;
    private static final int FILES_PER_JOB = 5; // two outputs, the process, two results
    private static final int OTHER_FILES = 28; // of the JVM, the loop, the guardian, and a start under way

    private Budget() {}

    static Window.Limits window(int jobs) {
        long heap = Runtime.getRuntime().maxMemory();
        return new Window.Limits(Math.min(MOST_HELD, heap / 8), Math.min(MOST_WEIGHT, heap / 16), jobs);
    }

    /// In `TMPDIR`, or where the JVM has temporary files; half of what is free there at most.
    static SpillFile spillFile() {
        String chosen = System.getenv("TMPDIR");
        File directory =
                new File(chosen == null || chosen.isEmpty() ? System.getProperty("java.io.tmpdir", "/tmp") : chosen);
        long heap = Runtime.getRuntime().maxMemory();
        long limit = Math.min(Math.min(MOST_SPILLED, SPILLED_PER_HEAP * heap), directory.getUsableSpace() / 2);
        return new SpillFile(directory.toPath(), limit);
    }

    /// How many jobs the limit of open files allows, at least one.
    static int jobs() {
        try {
            List<String> limits = Files.readAllLines(Path.of("/proc/self/limits"));
            for (String line : limits) {
                if (line.startsWith(OPEN_FILES)) {
                    String soft = new StringTokenizer(line.substring(OPEN_FILES.length())).nextToken();
                    long files = soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft);
                    return Math.clamp((files - OTHER_FILES) / FILES_PER_JOB, 1, MOST_JOBS);
                }
            }
        } catch (IOException | NumberFormatException e) {
            return MOST_JOBS; // another system: starting tells when it is too much
        }
        return MOST_JOBS;
    }

    /// The size of standard input if it is a file, else 0.
    static long inputSize() {
        try {
            Path input = Path.of("/proc/self/fd/0");
            return Files.isRegularFile(input) ? Files.size(input) : 0;
        } catch (IOException e) {
            return 0;
        }
    }
}

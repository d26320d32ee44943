package dev.sluice.pool;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.sluice.Sluice;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.process.Command;
import dev.sluice.task.Action;
import dev.sluice.task.Deadline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;

/// Functions that workers run in these tests, and what the tests need to follow them.
final class Workers {
    private static String initialized = "";

    private Workers() {}

    static void run(Action<?> body) throws Exception {
        LoopsConfig patient = LoopsConfig.defaults().withStallLimit(ofSeconds(10));
        Sluice.run(patient, () -> Deadline.after(ofSeconds(90)).named("test").run(body));
    }

    /// Waits for a condition; the deadline of the test ends it.
    static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Sluice.sleep(ofMillis(5));
        }
    }

    /// What a function has written to a file.
    static long pidIn(Path file) throws IOException {
        until(() -> Files.exists(file));
        return Long.parseLong(Files.readString(file));
    }

    static void kill(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    static void stop(long pid) throws Exception {
        Command.of("kill", "-STOP", Long.toString(pid)).run();
    }

    static boolean lives(long pid) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
    }

    // The functions.

    static long pid(int n) {
        return ProcessHandle.current().pid();
    }

    static int same(int n) {
        return n;
    }

    static String echo(String text) {
        return text;
    }

    static int exit(int code) {
        System.exit(code);
        return code;
    }

    /// When the worker ends, it prints that no thread reads calls any more.
    static int tellWhenNobodyReads(int n) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            while (Thread.getAllStackTraces().keySet().stream()
                    .anyMatch(thread -> thread.getName().equals("requests"))) {
                Thread.yield();
            }
            System.out.println("nobody reads");
            System.out.flush();
        }));
        return n;
    }

    /// Writes its process id to a file, whole or not at all.
    private static void tell(Path file) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.writeString(part, Long.toString(ProcessHandle.current().pid()));
        Files.move(part, file);
    }

    /// Blocks for ever, unless it is interrupted.
    static int block(String file) throws Exception {
        tell(Path.of(file));
        new CountDownLatch(1).await();
        return 0;
    }

    /// Blocks for ever, and does not care for interrupts.
    static int ignore(String file) throws Exception {
        tell(Path.of(file));
        while (true) {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException ignored) {
                // that is what it is for
            }
        }
    }

    /// Kills its own process, unless there is such a file, which it makes.
    static String dieOnce(String file) throws Exception {
        if (Files.exists(Path.of(file))) {
            return "lived";
        }
        tell(Path.of(file));
        Runtime.getRuntime().halt(9);
        return "died";
    }

    /// Adds a line to a file, or ends its process behind that.
    static int note(Note note) throws IOException {
        Files.writeString(Path.of(note.file), note.number + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        if (note.exits) {
            Runtime.getRuntime().halt(9);
        }
        return note.number;
    }

    /// What [#note] takes.
    record Note(String file, int number, boolean exits) {}

    static int fill(int megabytes) {
        byte[][] all = new byte[megabytes][];
        for (int i = 0; i < megabytes; i++) {
            all[i] = new byte[1 << 20];
        }
        return all.length;
    }

    static String repeat(int n) {
        return "x".repeat(n);
    }

    static int print(String text) {
        System.out.println("out " + text);
        System.err.println("err " + text);
        return text.length();
    }

    @SuppressWarnings({"NullAway", "DataFlowIssue"}) // the very mistake
    static String nothing(int n) {
        return null;
    }

    static Object anything(int n) {
        return n;
    }

    static String initialize(String text) {
        if (text.isEmpty()) {
            throw new IllegalStateException("nothing to begin with");
        }
        initialized = text;
        return text;
    }

    static String initialized(int n) {
        return initialized;
    }
}

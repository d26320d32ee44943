package dev.sluice.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.internal.linux.Signals;
import dev.sluice.internal.testkit.Patience;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// What tests read of processes in `/proc`.
final class Procs {
    private Procs() {}

    /// One line of `/proc/PID/stat`.
    record Stat(long pid, String name, char state, long parent, long group, long session) {
        boolean zombie() {
            return state == 'Z' || state == 'X';
        }
    }

    /// All processes that can be seen.
    static List<Stat> all() {
        var found = new ArrayList<Stat>();
        try (var entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path entry : entries) {
                String stat = read(entry.resolve("stat"));
                if (!stat.isEmpty()) {
                    found.add(parse(stat));
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return found;
    }

    private static Stat parse(String stat) {
        int open = stat.indexOf('(');
        int close = stat.lastIndexOf(')');
        String[] rest = stat.substring(close + 2).split(" ", -1);
        return new Stat(
                Long.parseLong(stat.substring(0, open - 1)),
                stat.substring(open + 1, close),
                rest[0].charAt(0),
                Long.parseLong(rest[1]),
                Long.parseLong(rest[2]),
                Long.parseLong(rest[3]));
    }

    private static List<Stat> all(Predicate<Stat> which) {
        return all().stream().filter(which).toList();
    }

    /// Our own children, dead ones too, but for the guardian.
    static List<Stat> children() {
        long self = ProcessHandle.current().pid();
        return all(stat -> stat.parent == self && stat.pid != Guardian.pid());
    }

    /// Whether a process runs; a zombie does not.
    static boolean runs(long pid) {
        String stat = read(Path.of("/proc/" + pid + "/stat"));
        return !stat.isEmpty() && !parse(stat).zombie();
    }

    /// The processes whose environment has an entry.
    static List<Stat> withVariable(String entry) {
        return all(
                stat -> List.of(read(Path.of("/proc/" + stat.pid + "/environ")).split("\0", -1))
                        .contains(entry));
    }

    /// Waits until the environment of a process shows an entry, which takes some microseconds after its start,
    /// and requires that it is the only one.
    static void awaitVariable(String entry, long pid) {
        Patience.until(
                "process " + pid + " shows " + entry,
                () -> withVariable(entry).stream().anyMatch(stat -> stat.pid() == pid));
        assertThat(withVariable(entry)).extracting(Stat::pid).containsExactly(pid);
    }

    /// Who lives in a process group.
    static List<Stat> group(long group) {
        return all(stat -> stat.group == group && !stat.zombie());
    }

    /// The processes that were started with an argument.
    static List<Stat> withArgument(String argument) {
        return all(
                stat -> List.of(read(Path.of("/proc/" + stat.pid + "/cmdline")).split("\0", -1))
                        .contains(argument));
    }

    /// A field of `/proc/PID/status`.
    static String status(long pid, String field) {
        return read(Path.of("/proc/" + pid + "/status"))
                .lines()
                .filter(line -> line.startsWith(field + ":"))
                .map(line -> line.substring(field.length() + 1).strip())
                .findFirst()
                .orElse("");
    }

    /// What children ignore because this process does, as under `nohup`: SIGHUP, or nothing.
    static long ignoredHere() {
        return Long.parseUnsignedLong(status(ProcessHandle.current().pid(), "SigIgn"), 16)
                & Signals.bit(Signals.SIGHUP);
    }

    /// Empty if the process has gone meanwhile.
    private static String read(Path path) {
        try {
            return Files.readString(path, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException gone) {
            return "";
        } catch (IOException gone) {
            return ""; // ESRCH while reading, or somebody else's
        }
    }
}

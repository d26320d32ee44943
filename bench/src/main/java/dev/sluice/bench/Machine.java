package dev.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/// Where a run took place.
final class Machine {
    private Machine() {}

    /// Processor, memory and kernel.
    static String describe() {
        int cores = Runtime.getRuntime().availableProcessors();
        String memory = field("/proc/meminfo", "MemTotal").replaceAll("\\D", "");
        String gibibytes =
                memory.isEmpty() ? "" : String.format(Locale.ROOT, ", %.0f GiB", Long.parseLong(memory) / 1048576.0);
        return field("/proc/cpuinfo", "model name") + ", " + cores + " CPUs" + gibibytes + ", "
                + System.getProperty("os.name") + " " + System.getProperty("os.version");
    }

    /// The load average of the last minute; "unknown" on a system that does not tell.
    static String load() {
        try {
            return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
        } catch (IOException e) {
            return "unknown";
        }
    }

    static String jdk() {
        return System.getProperty("java.vendor.version", System.getProperty("java.vendor")) + " "
                + System.getProperty("java.runtime.version");
    }

    private static String field(String file, String name) {
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
    }
}

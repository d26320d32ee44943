package dev.sluice.cli;

import dev.sluice.internal.sched.VirtualThreads;
import dev.sluice.internal.settings.Setting;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// Says what this JVM, kernel and set of flags allow, and what to do about each thing missing.
@Command(
        name = "doctor",
        description = "Says what this machine and JVM allow. Exit status 1 if something is missing.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class Doctor implements Callable<Integer> {
    private static final Path URING_SWITCH = Path.of("/proc/sys/kernel/io_uring_disabled");

    /// Whom the flags have to name.
    private static final Module CORE = VirtualThreads.class.getModule();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    /// One line of the answer; with a cure if something is missing.
    private record Finding(String subject, String state, String cure) {
        boolean missing() {
            return !cure.isEmpty();
        }
    }

    @Override
    public Integer call() {
        List<Finding> findings = examine();
        PrintWriter out = spec.commandLine().getOut();
        for (Finding finding : findings) {
            out.println("%-16s %s".formatted(finding.subject(), finding.state()));
            if (finding.missing()) {
                out.println("%-16s -> %s".formatted("", finding.cure()));
            }
        }
        out.flush();
        return findings.stream().anyMatch(Finding::missing) ? CommandLine.ExitCode.SOFTWARE : CommandLine.ExitCode.OK;
    }

    private static List<Finding> examine() {
        List<Finding> findings = new ArrayList<>();
        findings.add(fact("sluice", Version.current()));
        findings.add(fact("JDK", property("java.runtime.version") + ", " + property("java.vendor")));
        findings.add(fact("JDK home", property("java.home")));
        findings.add(fact("system", property("os.name") + " " + property("os.version") + ", " + property("os.arch")));
        findings.add(fact("cores", String.valueOf(Runtime.getRuntime().availableProcessors())));
        findings.add(fact("heap limit", Runtime.getRuntime().maxMemory() / (1024 * 1024) + " MB"));
        findings.add(flag(
                "own scheduler",
                Object.class.getModule().isOpen("java.lang", CORE),
                "coroutines run on the JDK's scheduler: add --add-opens java.base/java.lang="
                        + VirtualThreads.AUDIENCE));
        findings.add(flag(
                "native access",
                CORE.isNativeAccessEnabled(),
                "system calls warn, and later JDKs refuse them: add --enable-native-access="
                        + VirtualThreads.AUDIENCE));
        findings.add(flag(
                "thread tracking",
                "false".equals(System.getProperty("jdk.trackAllThreads")),
                "each start of a coroutine pays for the JDK's list of threads: add -Djdk.trackAllThreads=false"));
        findings.add(flag(
                "file names",
                property("sun.jnu.encoding").equals("UTF-8"),
                "arguments and file names beyond ASCII are lost in this locale: set LC_CTYPE=C.UTF-8"));
        findings.add(uring());
        for (Setting setting : Setting.values()) {
            findings.add(fact("setting", valueOf(setting)));
        }
        return findings;
    }

    private static String valueOf(Setting setting) {
        String value = setting.value();
        String origin = value.equals(setting.usual()) ? "default" : "default: " + shown(setting.usual());
        return setting.property() + "=" + shown(value) + " (" + origin + ")";
    }

    private static String shown(String value) {
        return value.isEmpty() ? "none" : value;
    }

    private static Finding uring() {
        if (!property("os.name").equals("Linux")) {
            return fact("io_uring", "no (Linux only)");
        }
        try {
            String value = Files.readString(URING_SWITCH).strip();
            return switch (value) {
                case "0" -> fact("io_uring", "allowed by the kernel");
                case "1" -> fact("io_uring", "for privileged processes and one group only (" + URING_SWITCH + "=1)");
                default -> fact("io_uring", "disabled by the kernel (" + URING_SWITCH + "=" + value + ")");
            };
        } catch (IOException e) {
            return fact("io_uring", "unknown: the kernel has no " + URING_SWITCH + " (before Linux 6.6)");
        }
    }

    private static Finding fact(String subject, String state) {
        return new Finding(subject, state, "");
    }

    private static Finding flag(String subject, boolean present, String cure) {
        return present ? fact(subject, "ok") : new Finding(subject, "missing", cure);
    }

    private static String property(String name) {
        return System.getProperty(name, "unknown");
    }
}

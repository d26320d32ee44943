package dev.sluice.pool;

import dev.sluice.process.Command;
import dev.sluice.process.Input;
import dev.sluice.process.Output;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// How the JVM of a worker is started.
///
/// A shell moves the two pipes of the pool out of the way, to where [WorkerMain] looks for them, and then
/// becomes the JVM. So the standard streams are free for the functions: whatever they do to them, nothing of
/// the pool's is disturbed.
final class WorkerLaunch {
    private static final String MOVE = "exec \"$@\" 3<&0 4>&1 </dev/null >&2";

    private WorkerLaunch() {}

    static Command command(ProcessPoolConfig config) {
        List<String> words = new ArrayList<>(List.of("-c", MOVE, "worker"));
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (config.jvmFlags.stream().noneMatch(flag -> flag.matches("-XX:\\+Use\\w+GC"))) {
            words.add("-XX:+UseSerialGC"); // the others share the machine with their neighbours badly
        }
        // So that a worker out of memory is known to be, and does not go on with threads missing.
        words.add("-XX:+ExitOnOutOfMemoryError");
        // Functions may run loops of their own.
        words.add("--add-opens=java.base/java.lang=ALL-UNNAMED");
        words.add("--enable-native-access=ALL-UNNAMED");
        words.add("-Djdk.trackAllThreads=false");
        words.addAll(config.jvmFlags);
        words.add("-cp");
        words.add(config.classPath != null ? config.classPath : ownClassPath());
        words.add(WorkerMain.class.getName());
        return Command.of("/bin/sh", words.toArray(String[]::new))
                .stdin(Input.piped())
                .stdout(Output.piped())
                .stderr(Output.piped())
                .grace(config.grace);
    }

    private static String ownClassPath() {
        return String.join(
                System.getProperty("path.separator"),
                Stream.of("java.class.path", "jdk.module.path")
                        .map(property -> System.getProperty(property, ""))
                        .filter(path -> !path.isEmpty())
                        .toList());
    }
}

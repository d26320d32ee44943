package dev.sluice.stress;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.openjdk.jcstress.Main;
import org.openjdk.jcstress.Options;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.InProcessCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.runners.ForkedTestConfig;
import org.openjdk.jcstress.infra.runners.Runner;
import org.openjdk.jcstress.infra.runners.TestConfig;
import org.openjdk.jcstress.infra.runners.TestList;
import org.openjdk.jcstress.os.AffinityMode;
import org.openjdk.jcstress.os.NodeType;
import org.openjdk.jcstress.os.SchedulingClass;

/// Runs the jcstress models of this module, in one of two ways.
///
/// The short one takes a fraction of a second for each, in this JVM. The full one is jcstress as it is meant to
/// be: several JVMs for each, which differ in how they compile.
///
/// Threads: one at a time.
final class Models {
    /// Which models: a regular expression that is found in their names.
    private static final String ONLY = System.getProperty("stress.models", "");

    private static final String SHORT = "-c 2 -iters 1 -time 60 -pth false -strideSize 64 -strideCount 16";
    private static final int MORE_MOMENTS = 20;

    private static final String FULL = "-c 2 -f 1 -iters 3 -time 200 -sc false -pth false";
    private static final String FULL_FLAGS = System.getProperty("stress.jvm.flags", "");
    private static final long FULL_MINUTES = 180; // a liveness limit on a machine with much else to do

    private Models() {}

    static List<String> names() {
        return TestList.tests().stream()
                .filter(Pattern.compile(ONLY).asPredicate())
                .sorted()
                .toList();
    }

    /// How many threads race in a model, its arbiter aside.
    static int actors(String name) {
        return TestList.getInfo(name).threads();
    }

    // ---- short

    static List<TestResult> runShort() throws Exception {
        List<TestResult> results = new ArrayList<>();
        for (String name : names()) {
            results.add(runShort(name));
        }
        return results;
    }

    /// A model whose threads had no turn within its moment, on a machine with much else to do, gets others.
    static TestResult runShort(String name) throws Exception {
        Options options = new Options(SHORT.split(" "));
        if (!options.parse()) {
            throw new IllegalStateException("jcstress does not take its options: " + SHORT);
        }
        TestResult result = runHere(name, options);
        for (int more = 0; more < MORE_MOMENTS && result.getTotalCount() == 0; more++) {
            result = runHere(name, options);
        }
        return result;
    }

    /// Runs a model in this JVM, as jcstress does in one that it has forked.
    private static TestResult runHere(String name, Options options) throws ReflectiveOperationException {
        var info = TestList.getInfo(name);
        var unbound = new SchedulingClass(AffinityMode.NONE, info.threads(), NodeType.PACKAGE);
        var config = new TestConfig(options, info, 0, List.of(), 0, unbound);
        Runner<?> runner = Class.forName(config.generatedRunnerName)
                .asSubclass(Runner.class)
                .getConstructor(ForkedTestConfig.class)
                .newInstance(new ForkedTestConfig(config));
        TestResult result = runner.run();
        result.setConfig(config);
        return result;
    }

    // ---- full

    /// @param directory where jcstress leaves its report, `index.html`
    static List<TestResult> runFull(Path directory) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        clear(directory);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path")));
        command.add(Main.class.getName());
        command.addAll(List.of(FULL.split(" ")));
        command.addAll(List.of("-t", ONLY, "-r", ".", "-jvmArgsPrepend", FULL_FLAGS));
        Process jcstress = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output.txt").toFile())
                .start();
        try {
            // Its exit status is a failure, because of the broken models.
            if (!jcstress.waitFor(FULL_MINUTES, TimeUnit.MINUTES)) {
                throw new IllegalStateException(
                        "jcstress: not over after " + FULL_MINUTES + " minutes, see " + directory);
            }
        } finally {
            jcstress.descendants().forEach(ProcessHandle::destroyForcibly);
            jcstress.destroyForcibly();
        }
        return read(directory);
    }

    private static void clear(Path directory) throws IOException {
        for (Path old : blobs(directory)) {
            Files.delete(old);
        }
    }

    private static List<TestResult> read(Path directory) throws IOException {
        var collector = new InProcessCollector();
        for (Path blob : blobs(directory)) {
            var reader = new DiskReadCollector(blob.toString(), collector);
            try {
                reader.dump();
            } catch (ClassNotFoundException e) {
                throw new IOException("read " + blob + ": not of this version of jcstress", e);
            } finally {
                reader.close();
            }
        }
        return List.copyOf(collector.getTestResults());
    }

    private static List<Path> blobs(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".bin.gz")).toList();
        }
    }
}

package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.Deflater;

/// The class path of the tests as a JVM starts fastest with it: what is ours in one jar, and an AOT cache of what the
/// commands load. Hundreds of JVMs are started, and each costs half as much.
///
/// INVARIANT: a file's folder is named by a hash over the classes in it, the file by its JVM and flags, and it has its
/// name when it is complete. So what is found is right, whoever made it.
///
/// Threads: any; `synchronized` guards `PREPARED`.
final class PreparedClasses {
    private static final Path ALL = Path.of(System.getProperty("sluice.root"), "sluice-cli", "target", "prepared");
    private static final Map<List<String>, List<String>> PREPARED = new HashMap<>();

    private PreparedClasses() {}

    /// The words that start a JVM with these flags and all classes.
    static synchronized List<String> java(List<String> flags) {
        return PREPARED.computeIfAbsent(flags, PreparedClasses::prepare);
    }

    private static List<String> prepare(List<String> flags) {
        try {
            Map<String, byte[]> ours = new TreeMap<>();
            StringBuilder others = new StringBuilder();
            for (String each : System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                    .split(File.pathSeparator, -1)) {
                Path path = Path.of(each);
                if (Files.isDirectory(path)) {
                    addAll(ours, path);
                } else if (path.getFileName().toString().startsWith("sluice-")) {
                    try (FileSystem jar = FileSystems.newFileSystem(path)) {
                        addAll(ours, jar.getPath("/"));
                    }
                } else {
                    others.append(File.pathSeparatorChar).append(path);
                }
            }
            Path jar = Files.createDirectories(ALL.resolve(hash(ours))).resolve("classes.jar");
            List<String> words = new ArrayList<>();
            words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            words.addAll(flags);
            words.addAll(List.of("-cp", jar.toString() + others));
            Path cache = jar.resolveSibling(hash(Map.of(words + " " + Runtime.version(), new byte[0])) + ".aot");
            try (var channel =
                            FileChannel.open(ALL.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    var _ = channel.lock()) {
                makeOnce(jar, draft -> write(draft, ours));
                makeOnce(cache, draft -> train(draft, words));
            }
            words.add(1, "-XX:AOTCache=" + cache);
            return List.copyOf(words);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void addAll(Map<String, byte[]> ours, Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = root.relativize(file).toString();
                if (!name.equals("META-INF/MANIFEST.MF")) {
                    ours.merge(name, Files.readAllBytes(file), PreparedClasses::both);
                }
            }
        }
    }

    /// What lists services of the same name: they add up.
    private static byte[] both(byte[] one, byte[] other) {
        var both = new ByteArrayOutputStream();
        both.writeBytes(one);
        both.writeBytes(other);
        return both.toByteArray();
    }

    private static String hash(Map<String, byte[]> contents) {
        try {
            MessageDigest hash = MessageDigest.getInstance("SHA-256");
            contents.forEach((name, content) -> {
                hash.update((name + " " + content.length + "\n").getBytes(UTF_8));
                hash.update(content);
            });
            return HexFormat.of().formatHex(hash.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private interface Maker {
        void make(Path draft) throws IOException;
    }

    private static void makeOnce(Path file, Maker maker) throws IOException {
        if (!Files.exists(file)) {
            Path draft = file.resolveSibling("draft");
            maker.make(draft);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private static void write(Path draft, Map<String, byte[]> ours) throws IOException {
        try (var jar = new JarOutputStream(Files.newOutputStream(draft))) {
            jar.setLevel(Deflater.NO_COMPRESSION);
            for (var entry : ours.entrySet()) {
                jar.putNextEntry(new JarEntry(entry.getKey()));
                jar.write(entry.getValue());
            }
        }
    }

    private static void train(Path draft, List<String> words) throws IOException {
        List<String> training = new ArrayList<>(words);
        training.add(1, "-XX:AOTCacheOutput=" + draft);
        training.addAll(List.of("dev.sluice.cli.Main", "warm-up", "--map"));
        Path said = draft.resolveSibling("training.txt");
        Process process = new ProcessBuilder(training)
                .redirectErrorStream(true)
                .redirectOutput(Redirect.to(said.toFile()))
                .start();
        try (var items = process.outputWriter()) {
            items.write("item\n".repeat(20));
        }
        assertThat(process.onExit().join().exitValue())
                .as(() -> said + " tells why")
                .isZero();
    }
}

package dev.sluice.tidy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The tree that the tests run in: its files, and the compiled classes of the two published modules.
final class Project {
    private static final Set<String> NOT_OURS = Set.of(".git", "target", ".idea", ".vscode", "node_modules");

    /// The folder that holds `build`.
    static final Path ROOT = root();

    private Project() {}

    private static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (directory != null && !Files.isRegularFile(directory.resolve("build"))) {
            directory = directory.getParent();
        }
        if (directory == null) {
            throw new IllegalStateException(
                    "tidy " + Path.of("").toAbsolutePath() + ": no folder above has a file 'build'");
        }
        return directory;
    }

    /// Every file of the project, without what is built or fetched.
    static List<Path> files() {
        List<Path> files = new ArrayList<>();
        try {
            Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                    boolean skip = NOT_OURS.contains(String.valueOf(directory.getFileName()));
                    return skip ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    files.add(file);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    /// The Java sources, parsed.
    static List<Source> sources() {
        return Source.parse(files().stream()
                .filter(file -> file.toString().endsWith(".java"))
                .toList());
    }

    /// The class files of the core by internal name, module-info included.
    static Map<String, byte[]> coreClasses() {
        return classes(core());
    }

    /// The core as it is compiled, a folder or a jar.
    static Path core() {
        return location(dev.sluice.time.Clock.class);
    }

    /// The class files of `sluice-testing`: the main ones beside those of these tests.
    static Map<String, byte[]> testingClasses() {
        return classes(location(Project.class).resolveSibling("classes"));
    }

    private static Path location(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /// From a folder, as `./build test` leaves it, or from a jar, as `./build verify` does.
    private static Map<String, byte[]> classes(Path location) {
        try {
            if (Files.isDirectory(location)) {
                return read(location);
            }
            try (FileSystem jar = FileSystems.newFileSystem(URI.create("jar:" + location.toUri()), Map.of())) {
                return read(jar.getPath("/"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, byte[]> read(Path root) throws IOException {
        Map<String, byte[]> classes = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                String name = root.relativize(file).toString();
                if (name.endsWith(".class")) {
                    classes.put(name.substring(0, name.length() - ".class".length()), Files.readAllBytes(file));
                }
            }
        }
        return classes;
    }
}

package dev.sluice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.StringEntry;
import java.lang.classfile.instruction.FieldInstruction;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// No class of ours is initialised by a coroutine: all are in [Preload].
class PreloadTest {
    /// Static initialisers that do not run on a loop, and why. It only shrinks.
    private static final Map<String, String> NOT_ON_A_LOOP = Map.of(
            "dev.sluice.loop.Preload", "initialised by whoever opens loops, before the first",
            "dev.sluice.loop.Startup", "likewise",
            "dev.sluice.loop.Loops", "likewise");

    @Test
    void everyStaticInitializerRunsBeforeTheFirstCoroutine() throws Exception {
        List<ClassModel> classes = coreClasses();
        Set<String> preloaded = stringsOf(classes, "dev/sluice/loop/Preload");
        Set<String> initialized = new TreeSet<>();
        for (ClassModel type : classes) {
            if (initializer(type).filter(PreloadTest::doesSomething).isPresent()) {
                initialized.add(nameOf(type));
            }
        }
        assertThat(initialized).as("classes with static initialisers found").hasSizeGreaterThan(20);

        Set<String> missing = new TreeSet<>(initialized);
        missing.removeAll(preloaded);
        missing.removeAll(NOT_ON_A_LOOP.keySet());
        assertThat(missing)
                .as("a coroutine that meets a static initialiser can block its loop: add these to Preload")
                .isEmpty();

        Set<String> superfluous = new TreeSet<>(preloaded);
        superfluous.addAll(NOT_ON_A_LOOP.keySet());
        superfluous.removeAll(initialized);
        assertThat(superfluous)
                .as("these have no static initialiser (any more): take them off Preload, or off this test's list")
                .isEmpty();
    }

    /// Assertion status and the tables of `switch` are set without leaving the class.
    private static boolean doesSomething(MethodModel initializer) {
        for (var element : initializer.code().map(CodeModel::elementList).orElse(List.of())) {
            if (element instanceof FieldInstruction field
                    && field.opcode() == Opcode.PUTSTATIC
                    && !field.name().equalsString("$assertionsDisabled")
                    && !field.name().stringValue().startsWith("$SwitchMap$")) {
                return true;
            }
        }
        return false;
    }

    private static Optional<MethodModel> initializer(ClassModel type) {
        return type.methods().stream()
                .filter(method -> method.methodName().equalsString("<clinit>"))
                .findFirst();
    }

    /// What a class names in strings.
    private static Set<String> stringsOf(List<ClassModel> classes, String internalName) {
        Set<String> names = new TreeSet<>();
        for (ClassModel type : classes) {
            if (type.thisClass().asInternalName().equals(internalName)) {
                for (PoolEntry entry : type.constantPool()) {
                    if (entry instanceof StringEntry string
                            && string.stringValue().startsWith("dev.sluice.")) {
                        names.add(string.stringValue());
                    }
                }
            }
        }
        return names;
    }

    private static String nameOf(ClassModel type) {
        ClassEntry entry = type.thisClass();
        return entry.asInternalName().replace('/', '.');
    }

    /// From the folder or jar that the class path names.
    private static List<ClassModel> coreClasses() throws IOException, URISyntaxException {
        Path location = Path.of(
                Loops.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        if (Files.isDirectory(location)) {
            return read(location);
        }
        try (FileSystem jar = FileSystems.newFileSystem(URI.create("jar:" + location.toUri()), Map.of())) {
            return read(jar.getPath("/"));
        }
    }

    private static List<ClassModel> read(Path root) throws IOException {
        List<ClassModel> classes = new ArrayList<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                if (file.toString().endsWith(".class")) {
                    classes.add(ClassFile.of().parse(file));
                }
            }
        }
        return classes;
    }
}

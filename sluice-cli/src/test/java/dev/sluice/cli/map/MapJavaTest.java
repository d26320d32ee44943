package dev.sluice.cli.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Items that are handed to a Java method instead of a command.
@Timeout(600)
class MapJavaTest {
    private static final String HERE = MapJavaTest.class.getName() + "::";

    @TempDir
    Path directory;

    // What the workers call.

    static String shout(String text) {
        return text.toUpperCase(Locale.ROOT) + "!";
    }

    static long half(long n) throws IOException {
        if (n % 2 != 0) {
            throw new IOException("odd: " + n);
        }
        return n / 2;
    }

    static void leave(String text) {
        if (text.equals("exit")) {
            System.exit(7);
        }
        System.out.println("printed " + text);
    }

    static void rest(String text) throws InterruptedException {
        if (text.equals("rest")) {
            new CountDownLatch(1).await();
        }
    }

    @Test
    void itemsThatCannotBeHandedOverFailAndTheOthersRun() {
        String input = "a\n" + "long".repeat(300_000) + "\n" + "longer".repeat(500_000) + "\nn\0l\nb\n";
        Cli.Result result = new Cli().map(input, "-j2", "--java", HERE + "shout");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.lines()).containsExactly("A!", "B!");
        assertThat(result.stderr())
                .contains(
                        "3 of 5 items failed",
                        "item 2 'longlong",
                        "1048576",
                        "item 3 'longerlonger",
                        "longer than",
                        "item 4",
                        "NUL");
    }

    @Test
    void resultsComeInTheOrderOfTheItems() {
        Cli.Result result = new Cli().map("a\nb\nç\n", "-j2", "--java", HERE + "shout");
        assertThat(result.errors()).isEmpty();
        assertThat(result.lines()).containsExactly("A!", "B!", "Ç!");
        assertThat(result.status()).isZero();
    }

    @Test
    void whatIsThrownFailsTheItem() {
        Cli.Result result = new Cli().map("4\n5\nsix\n8\n", "-j1", "--java", HERE + "half");
        assertThat(result.lines()).containsExactly("2", "4");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.errors())
                .contains("java.io.IOException: odd: 5", "java.lang.NumberFormatException: For input string: \"six\"")
                .anyMatch(line -> line.startsWith("\tat ") && line.contains("MapJavaTest.half"))
                .contains("sluice map: 2 of 4 items failed:");
    }

    @Test
    void aWorkerThatEndsFailsOneItem() {
        Cli.Result result = new Cli().map("a\nexit\nb\n", "-j1", "--java", HERE + "leave");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.stderr())
                .contains("exit code 7", "1 of 3 items failed", "[worker 1] printed a", "[worker 2] printed b");
        assertThat(result.text()).isEmpty();
    }

    @Test
    void aTimeoutInterruptsTheMethod() {
        Cli.Result result = new Cli().map("rest\nb\n", "-j1", "--timeout", "2s", "--java", HERE + "rest");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.stderr()).contains("item 1 'rest': timed out after 2 s");
    }

    @Test
    void theJoblogShowsTheMethodAsCommand() throws IOException {
        Path log = directory.resolve("log");
        new Cli().map("a\n", "--joblog", log.toString(), "--java", HERE + "shout");
        assertThat(Files.readString(log)).contains(HERE + "shout a");
    }

    @Test
    void whatIsNotThereIsRefusedOnceBeforeAnyItem() {
        assertRefused(
                "class not found: No in " + directory, "--classpath", directory.toString(), "--java", "No::thing");
        assertRefused("class not found: a.No, expected --classpath PATH", "--java", "a.No::thing");
        assertRefused("did you mean shout?", "--java", HERE + "shuot");
        assertRefused("it has half, leave, rest, shout", "--java", HERE + "notThisOne");
        assertRefused("it has valueOf (see", "--java", "java.lang.String::strip"); // not what is private there
        assertRefused(
                "did you mean '" + Inner.class.getName() + "'?", "--java", Inner.class.getCanonicalName() + "::x");
    }

    private static void assertRefused(String why, String... arguments) {
        Cli.Result result = new Cli().map("a\nb\n", arguments);
        assertThat(result.errors())
                .singleElement()
                .asString()
                .startsWith("sluice map: --java ")
                .contains(why);
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.text()).isEmpty();
    }

    static final class Inner {}

    @Test
    void classesAreFoundOnTheClassPath() throws IOException {
        byte[] elsewhere = ClassFile.of()
                .build(
                        ClassDesc.of("Elsewhere"),
                        type -> type.withMethodBody(
                                "same",
                                MethodTypeDesc.of(ConstantDescs.CD_String, ConstantDescs.CD_String),
                                ClassFile.ACC_STATIC,
                                code -> code.aload(0).areturn()));
        Files.write(directory.resolve("Elsewhere.class"), elsewhere);
        Path jar = Files.createDirectory(directory.resolve("jars")).resolve("more.jar");
        try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new JarEntry("Elsewhere.class"));
            out.write(elsewhere);
        }
        var method = new JavaMethod("Elsewhere", "same");
        for (String path : List.of(directory.toString(), jar.toString(), "nowhere:" + jar)) {
            assertThatCode(() -> method.requireFound(path)).doesNotThrowAnyException();
        }
        Cli.Result result = new Cli().map("a\n", "--classpath", directory + "/jars/*", "--java", method.toString());
        assertThat(result.status()).isZero();
        assertThat(result.lines()).containsExactly("a");
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        assertThat(new Cli().map("", "--java", "nonsense").stderr())
                .contains("--java 'nonsense', expected CLASS::METHOD");
        assertThat(new Cli().map("", "--java", "a::b", "wc").stderr()).contains("expected none with --java");
        assertThat(new Cli().map("", "--classpath", "x", "wc").stderr()).contains("expected --java");
    }
}

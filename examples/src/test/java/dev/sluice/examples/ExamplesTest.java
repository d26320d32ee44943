package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ExamplesTest {
    @Test
    void echo() throws Exception {
        Printed.by(Echo::main).consistsOf("hello", "good morning");
    }

    @Test
    void echoInOtherStyles() throws Exception {
        assertThat(Printed.by(EchoByCallbacks::main).lines())
                .startsWith("connected")
                .containsExactlyInAnyOrder("connected", "hello", "lost");
        Printed.by(EchoOfLines::main).consistsOf("hello");
    }

    @Test
    void orders() throws Exception {
        Printed.by(Orders::main).consistsOf("Order[what=coffee, count=3, cents=750]");
    }

    @Test
    void shop() throws Exception {
        Printed.by(Shop::main).consistsOf("750", "sold-out: no tea left");
    }

    @Test
    void downloads() throws Exception {
        long size = Files.size(Path.of(System.getProperty("java.home"), "lib", "jrt-fs.jar"));
        assertThat(Printed.by(Downloads::main).lines())
                .hasSize(3)
                .contains("lib/jrt-fs.jar: " + size)
                .anyMatch(line -> line.startsWith("release: "));
    }

    @Test
    void fileTransfer() throws Exception {
        long size = Files.size(Path.of(System.getProperty("java.home"), "lib", "jrt-fs.jar"));
        assertThat(Printed.by(FileTransfer::main).lines()).last().isEqualTo("received " + size + " bytes");
    }

    @Test
    void doorkeeper() throws Exception {
        Printed.by(Doorkeeper::main).consistsOf("come in");
    }

    @Test
    void timeService() throws Exception {
        List<String> lines = Printed.by(TimeService::main).lines();
        assertThat(lines).singleElement().asString().matches("It is \\d{4}-\\d\\d-.*");
    }

    @Test
    void overviewAsksBothAtTheSameTime() throws Exception {
        Printed.by(Overview::main).consistsOf("stock has answered", "price has answered", "12 pieces at 99");
    }

    @Test
    void countdownsOneAfterAnotherAndThenAtTheSameTime() throws Exception {
        List<String> lines = Printed.by(Countdowns::main).lines();
        assertThat(lines.subList(0, 9))
                .containsExactly(
                        "red 3", "red 2", "red 1", "green 3", "green 2", "green 1", "blue 3", "blue 2", "blue 1");
        new Printed(lines.subList(9, lines.size()))
                .consistsOf("red 3", "green 3", "blue 3", "red 2", "green 2", "blue 2", "red 1", "green 1", "blue 1");
    }

    @Test
    void largePrimeDoesNotHoldUpTheSmallOnes() throws Exception {
        Printed.by(Primes::main).consistsOf("1000003 is prime", "1000001 is not prime", "9007199254740881 is prime");
    }

    @Test
    void offloadedPrimesComeInTheOrderOfTheirStart() throws Exception {
        Printed.by(OffloadedPrimes::main)
                .consistsOf("[9007199254740881, 1000003, 1000001] are prime: [true, true, false]");
    }

    @Test
    void factorialsTakeTurns() throws Exception {
        Printed.by(Factorials::main)
                .consistsOf(
                        "small: 2! = 2",
                        "large: 2! = 2",
                        "small: 3! = 6",
                        "large: 3! = 6",
                        "large: 4! = 24",
                        "large: 5! = 120",
                        "sum = 126");
    }

    @Test
    void failingRequestEndsTheOthersAndIsThrown() throws Exception {
        String why = "task main/price failed: java.io.IOException: answer 503";
        List<String> lines = Printed.by(Gather::main).lines();
        assertThat(lines)
                .containsExactlyInAnyOrder("stock ends, cancelled: " + why, "image ends, cancelled: " + why, why)
                .last()
                .isEqualTo(why);
    }

    @Test
    void failingConversionLeavesTheOthersAlone() throws Exception {
        Printed printed = Printed.by(Outcomes::main);
        assertThat(printed.lines()).containsExactly("value 12", "failed: For input string: \"twelve\"", "value 12");
    }

    @Test
    void blockingLibraryLeavesTheLoopFree() throws Exception {
        List<String> lines = Printed.by(BlockingLibrary::main).lines();
        var sum = new CRC32();
        try (var in = Files.newInputStream(Path.of(System.getProperty("java.home"), "lib", "modules"))) {
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                sum.update(buffer, 0, read);
            }
        }
        assertThat(lines).last().isEqualTo("checksum " + sum.getValue());
        assertThat(lines.subList(0, lines.size() - 1)).isNotEmpty().containsOnly("the loop is free");
    }

    @Test
    void nearestDeadlineEndsSlowWork() throws Exception {
        Printed printed = Printed.by(Deadlines::main);
        assertThat(printed.lines()).containsExactly("title: Weather", "deadline of 200 ms passed: report");
    }

    @Test
    void deadlineEndsOffloadedWork() throws Exception {
        Printed printed = Printed.by(OffloadedDeadline::main);
        assertThat(printed.lines()).containsExactly("cut short");
    }

    @Test
    void crawlerSeesEachFile() throws Exception {
        long bytes = 0;
        try (var files = Files.walk(Path.of(System.getProperty("java.home"), "conf"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(file);
            }
        }
        Printed.by(Crawler::main).consistsOf(bytes + " bytes");
    }

    @Test
    void cacheComputesEachValueOnce() throws Exception {
        Printed.by(Cache::main).consistsOf("computing 2", "computing 3", "17", "17");
    }

    @Test
    void philosophersAreNamedAndThenEat() throws Exception {
        List<String> lines = Printed.by(Philosophers::main).lines();
        assertThat(lines.getFirst()).isEqualTo("deadlock: 3 wait for each other, until somebody cancels them");
        assertThat(lines.subList(1, 4))
                .allMatch(line -> line.contains("   at dev.sluice.examples.Philosophers."))
                .extracting(line -> line.substring(0, line.indexOf("   at ")).strip())
                .containsExactly(
                        "main/Kant waits for lock fork 1 held by main/Laozi",
                        "main/Laozi waits for lock fork 2 held by main/Plato",
                        "main/Plato waits for lock fork 0 held by main/Kant");
        assertThat(lines.subList(4, 7)).containsExactlyInAnyOrder("Kant eats", "Laozi eats", "Plato eats");
    }
}

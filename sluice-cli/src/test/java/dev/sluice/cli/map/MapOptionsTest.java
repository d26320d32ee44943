package dev.sluice.cli.map;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What options are read as; what is refused is in MapUsageTest.
class MapOptionsTest {
    private static final Pattern OPTION = Pattern.compile("(?m)^  (-\\w, )?(-\\w, )?(-\\w|--\\w+)( [A-Z]+)?  ");

    @Test
    void withoutOptionsTheDefaultsHold() throws UsageException {
        MapArguments arguments = parse("echo", "-n");
        assertThat(arguments.jobs).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(arguments.nul || arguments.unordered || arguments.resume || arguments.help)
                .isFalse();
        assertThat(arguments.retries).isZero();
        assertThat(arguments.timeout).isZero();
        assertThat(arguments.halt).isEqualTo(Halt.NEVER);
        assertThat(arguments.progress).isEqualTo(ProgressMode.AUTO);
        assertThat(arguments.joblog).isEmpty();
        assertThat(arguments.results).isEmpty();
        assertThat(arguments.command).containsExactly("echo", "-n");
    }

    @Test
    void everyOptionIsRead() throws UsageException {
        MapArguments arguments = parse(
                "-0",
                "-j",
                "3",
                "--unordered",
                "--retries=2",
                "--timeout",
                "1.5m",
                "--halt=now",
                "--joblog",
                "log",
                "--resume",
                "--results=dir",
                "--progress",
                "never",
                "--",
                "-x",
                "--",
                "y");
        assertThat(arguments.nul && arguments.unordered && arguments.resume).isTrue();
        assertThat(arguments.jobs).isEqualTo(3);
        assertThat(arguments.retries).isEqualTo(2);
        assertThat(arguments.timeout).isEqualTo(Duration.ofSeconds(90));
        assertThat(arguments.halt).isEqualTo(Halt.NOW);
        assertThat(arguments.progress).isEqualTo(ProgressMode.NEVER);
        assertThat(arguments.joblog).contains(Path.of("log"));
        assertThat(arguments.results).contains(Path.of("dir"));
        assertThat(arguments.command).containsExactly("-x", "--", "y");
    }

    @Test
    void shortOptionsMayBeJoinedWithEachOtherAndTheirValue() throws UsageException {
        assertThat(parse("-0j4", "x").jobs).isEqualTo(4);
        assertThat(parse("-0j4", "x").nul).isTrue();
        assertThat(parse("-0j", "4", "x").jobs).isEqualTo(4);
        assertThat(parse("-j=4", "x").jobs).isEqualTo(4);
        assertThat(parse("-P4", "x").jobs).isEqualTo(4);
    }

    @Test
    void moreThanCanBeCountedIsTheMost() throws UsageException {
        assertThat(parse("--retries", "99999999999", "x").retries).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void theLastOfTwoCounts() throws UsageException {
        assertThat(parse("-j4", "--jobs", "5", "x").jobs).isEqualTo(5);
    }

    @Test
    void aDashAloneIsAWord() throws UsageException {
        assertThat(parse("-", "-j4").command).containsExactly("-", "-j4");
    }

    @Test
    void theHelpTellsAllOptionsAndNoOther() {
        List<String> told = OPTION.matcher(MapHelp.TEXT)
                .results()
                .flatMap(line -> line.group().strip().lines())
                .flatMap(line -> Pattern.compile("[ ,]+").splitAsStream(line))
                .filter(word -> word.startsWith("-"))
                .toList();
        assertThat(told).containsExactlyInAnyOrderElementsOf(MapArguments.names());
    }

    private static MapArguments parse(String... words) throws UsageException {
        return MapArguments.parse(List.of(words));
    }
}

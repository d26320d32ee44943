package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.codec.Cbor;
import dev.sluice.space.Lease;
import dev.sluice.space.Queue;
import dev.sluice.space.Space;
import java.io.BufferedReader;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `put`, `take` and `space`: in this JVM where they only print, else as a shell starts them.
class SpaceCommandsTest extends SpaceCli {
    private static final int INT = 128 + 2;
    private static final int KILL = 128 + 9;

    private final String jobs = space + "/jobs";

    @Test
    void whatIsPutIsTaken() throws Exception {
        assertThat(run("put", jobs, "a", "b c", "")).as(err.toString()).isZero();
        Process put = start("put", jobs, "--finish");
        put.getOutputStream().write("über\n\nlast".getBytes(UTF_8));
        put.getOutputStream().close();
        assertThat(status(put)).isZero();
        Process two = start("take", jobs, "-n", "2");
        assertThat(text(two)).isEqualTo("a\nb c\n");
        assertThat(status(two)).isZero();
        Process rest = start("take", jobs, "--all");
        assertThat(text(rest)).isEqualTo("\nüber\n\nlast\n");
        assertThat(status(rest)).isZero();
        assertThat(run("put", jobs, "more")).isOne();
        assertThat(err.toString()).contains("finished");
    }

    record Job(int number) {}

    @Test
    void whatIsNoTextIsShown() throws Exception {
        try (Space opened = Space.open(space)) {
            opened.queue("jobs", Job.class).put(new Job(7));
        }
        assertThat(text(start("take", jobs))).isEqualTo("{\"number\": 7}\n");
    }

    @Test
    void aTakerThatIsKilledBeforeItsLineIsReadGivesTheItemBack() throws Exception {
        try (Space opened = Space.open(space)) {
            Queue<String> queue = opened.queue(
                    "jobs",
                    Cbor.of(String.class),
                    Queue.Options.defaults().withCapacity(2).withItemBytes(1 << 20));
            queue.put("x".repeat(500_000)); // more than a pipe holds: its write waits
            Process victim = start("take", jobs);
            assertThat(victim.getInputStream().read()).isEqualTo('x');
            victim.destroyForcibly();
            assertThat(status(victim)).isEqualTo(KILL);
            try (Lease<String> lease = queue.take()) {
                assertThat(lease.delivery()).isEqualTo(2);
                assertThat(lease.item()).hasSize(500_000);
            }
        }
    }

    @Test
    void whoseReaderHasGoneTheItemStays() throws Exception {
        Process reader = start("take", jobs);
        assertThat(status(reader)).isOne(); // there is no such queue yet
        assertThat(run("put", jobs, "a", "b")).isZero();
        Process take = start("take", jobs, "--all");
        take.getInputStream().close();
        assertThat(status(take)).isEqualTo(PIPE);
        Process rest = start("take", jobs, "-n", "2");
        assertThat(text(rest).lines()).contains("b");
    }

    @Test
    void aSignalEndsAWait() throws Exception {
        assertThat(run("put", jobs, "a")).isZero();
        Process take = start("take", jobs, "-n", "2");
        assertThat(take.getInputStream().read()).isEqualTo('a');
        assertThat(take.getInputStream().read()).isEqualTo('\n');
        assertThat(new ProcessBuilder("kill", "-INT", String.valueOf(take.pid()))
                        .start()
                        .waitFor())
                .isZero();
        assertThat(status(take)).isEqualTo(INT);
    }

    @Test
    void waitsEnd() throws Exception {
        try (Space opened = Space.open(space)) {
            Queue<String> queue = opened.queue(
                    "jobs", Cbor.of(String.class), Queue.Options.defaults().withCapacity(1));
            assertThat(run("put", jobs, "a", "b", "--wait", "50ms")).isOne();
            assertThat(err.toString()).contains(jobs + ": full, 1 items were put");
            queue.take().done();
        }
        Process take = start("take", jobs, "--wait", "50ms");
        assertThat(text(take)).isEmpty();
        assertThat(status(take)).isOne();
        assertThat(status(start("take", jobs, "--all", "--wait", "0"))).isZero();
    }

    @Test
    void lsShowsWhatThereIsAndRmTakesItAway() {
        try (Space opened = Space.open(space)) {
            Queue<String> queue = opened.queue("jobs", String.class);
            queue.put("a");
            queue.put("b");
            Lease<String> lease = queue.take();
            opened.counter("done").add(5);
            assertThat(run("space", "ls", space)).isZero();
            assertThat(out.toString())
                    .containsPattern("jobs +queue +4543k +java "
                            + ProcessHandle.current().pid() + " +1 of 1024 waiting, 1 leased")
                    .containsPattern("done +counter +.*5");
            assertThat(run("space", "rm", space)).isOne();
            assertThat(err.toString()).contains("used by java", "--force");
            lease.done();
        }
        assertThat(run("space", "rm", space, "done", "nothing")).isOne();
        assertThat(err.toString()).contains(space + "/nothing: no such object");
        assertThat(run("space", "rm", space)).as(err.toString()).isZero();
        assertThat(run("space", "ls", space)).isOne();
        assertThat(run("space", "ls")).isZero();
        assertThat(out.toString().lines()).doesNotContain(space);
    }

    @Test
    void watchShowsWhatChanges() throws Exception {
        assertThat(run("put", jobs, "a")).isZero();
        Process watch = start("space", "watch", space, "--every", "20ms");
        BufferedReader lines = watch.inputReader(UTF_8);
        assertThat(lines.readLine()).startsWith("NAME ");
        assertThat(lines.readLine()).startsWith("jobs ").endsWith(" 1 of 1024 waiting");
        assertThat(run("put", jobs, "b")).isZero();
        String line = lines.readLine();
        while (!line.matches("jobs .* - +2 of 1024 waiting")) {
            line = lines.readLine(); // we were seen in the middle
        }
        assertThat(run("space", "rm", space, "jobs")).isZero();
        assertThat(lines.readLine()).isEqualTo("jobs removed");
        lines.close();
        assertThat(run("put", jobs, "c")).isZero();
        assertThat(status(watch)).isEqualTo(PIPE);
    }

    @Test
    void theDoctorNamesTheDeadAndTheDamaged() throws Exception {
        assertThat(run("put", jobs, "x".repeat(3000))).isZero();
        assertThat(run("space", "doctor", space)).isZero();
        Process victim = start("take", jobs, "-n", "2");
        assertThat(victim.getInputStream().readNBytes(3001)).hasSize(3001);
        victim.destroyForcibly();
        assertThat(status(victim)).isEqualTo(KILL);
        Path folder = Path.of("/dev/shm", space.substring("shm:".length()) + ".d");
        java.nio.file.Files.writeString(folder.resolve("odd"), "no object");
        assertThat(run("space", "doctor", space)).isOne();
        assertThat(run("take", space + "/odd")).isOne();
        assertThat(err.toString()).contains("/odd: ").doesNotContain("no such");
        assertThat(out.toString())
                .contains("jobs: java " + victim.pid() + " died with it open", "odd: ", "space rm " + space + " odd");
        assertThat(run("space", "rm", space, "odd")).isZero();
        assertThat(run("put", jobs, "next")).isZero(); // who opens it releases
        assertThat(run("space", "rm", space)).isZero();
    }

    @Test
    void whatIsWrongIsSaidInALine() {
        assertThat(run("put", space)).isEqualTo(2);
        assertThat(run("put", "jobs/one", "x")).isEqualTo(2);
        assertThat(run("take", jobs, "-n", "0")).isEqualTo(2);
        assertThat(run("take", jobs, "--wait", "soon")).isEqualTo(2);
        assertThat(run("put", "shm:../up", "x")).isEqualTo(2);
        assertThat(run("space")).isEqualTo(2);
        assertThat(run("space", "ls", "local:x")).isEqualTo(2);
        assertThat(run("take", jobs)).isOne();
        try (Space opened = Space.open(space)) {
            opened.counter("jobs").add(1);
        }
        assertThat(run("put", jobs, "x")).isOne();
        assertThat(err.toString().lines())
                .hasSize(9)
                .anyMatch(line -> line.contains("no such space"))
                .anyMatch(line -> line.contains("kind=COUNTER, expected QUEUE"));
    }

    @Test
    void whatOnlyThisProcessWouldHaveIsRefused() {
        assertThat(run("put", "local:x/jobs", "lost")).isEqualTo(2);
        assertThat(run("take", "local:x/jobs")).isEqualTo(2);
        assertThat(err.toString().lines())
                .hasSize(2)
                .allMatch(line -> line.contains("'local:x/jobs' is not like shm:"));
    }

    @Test
    void aMistakeIsNamedAsItWasTyped() {
        assertThat(run("put", space + "/a/b", "x")).isEqualTo(2);
        assertThat(err.toString()).contains("name=a/b, expected");
        assertThat(run("put", space + "/a\nb", "x")).isEqualTo(2);
        assertThat(err.toString()).contains("name=a\\nb, expected");
        assertThat(run("take", jobs, "-n", "2", "--all")).isEqualTo(2);
        assertThat(err.toString()).contains("-n 2: expected either that or --all");
        assertThat(run("space", "ls", "jobs")).isEqualTo(2);
        assertThat(run("space", "ls", jobs)).isEqualTo(2);
        assertThat(run("space", "doctor", "local:x")).isEqualTo(2);
        assertThat(err.toString())
                .contains("'jobs' is not", "'" + jobs + "' is not", "'local:x' is not like shm:SPACE");
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString().lines()).hasSize(6);
    }

    @Test
    void theLineThatCannotBePutIsNamed() throws Exception {
        try (Space opened = Space.open(space)) {
            opened.queue("jobs", Cbor.of(String.class), Queue.Options.defaults().withItemBytes(8));
        }
        assertThat(run("put", jobs, "one", "much too long")).isOne();
        assertThat(err.toString()).contains("put item 2 to " + jobs + ": bytes=14 as CBOR, expected at most 8");
        assertThat(failureOf("two\nexactly8\n")).contains("put line 2 to " + jobs + ": bytes=9 as CBOR");
        assertThat(failureOf("\n\nmuch too long\nfour\n")).contains("put line 3 to " + jobs + ": more than 8 bytes");
        assertThat(text(start("take", jobs, "--all", "--wait", "0ms"))).isEqualTo("one\ntwo\n\n\n");
    }

    private String failureOf(String lines) throws Exception {
        Process put = start("put", jobs);
        put.getOutputStream().write(lines.getBytes(UTF_8));
        put.getOutputStream().close();
        assertThat(status(put)).isOne();
        return new String(put.getErrorStream().readAllBytes(), UTF_8);
    }

    @Test
    void whoHasGoneDoesNotWait() throws Exception {
        assertThat(run("put", jobs, "a")).isZero();
        assertThat(status(start("take", jobs, "-n", "2", "--wait", "1ms"))).isOne();
        assertThat(run("space", "ls", space)).isZero();
        assertThat(out.toString()).containsPattern("jobs .* - +0 of 1024 waiting\\R");
    }

    @ParameterizedTest
    @ValueSource(strings = {"put", "take", "space", "space ls", "space rm", "space doctor", "space watch"})
    void helpFitsATerminal(String command) {
        assertThat(run((command + " --help").split(" ", -1))).isZero();
        assertThat(out.toString().lines()).allMatch(line -> line.length() <= 80).hasSizeGreaterThan(3);
    }
}

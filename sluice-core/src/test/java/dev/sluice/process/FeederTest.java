package dev.sluice.process;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.internal.access.Engines;
import dev.sluice.internal.io.LoopCalls;
import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Fcntl;
import dev.sluice.internal.linux.Unistd;
import dev.sluice.internal.testkit.Patience;
import dev.sluice.internal.testkit.TestLoops;
import dev.sluice.loop.Backend;
import dev.sluice.loop.Loop;
import dev.sluice.observe.Report;
import dev.sluice.observe.Reports;
import dev.sluice.task.Action;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FeederTest {
    private static final int INPUT_BYTES = 64 << 20;

    /// The fastest reader is the null device. Only io_uring waits for devices that are always ready.
    @Test
    @Tag("needs-opens") // without it the neighbour takes its turns beside the loop, not on it
    void aProgramThatReadsAsFastAsWeWriteDoesNotHoldTheLoop() throws Exception {
        TestLoops.run(TestLoops.config().withBackend(Backend.IO_URING), () -> {
            int fd = open("/dev/null");
            Path open = Path.of("/proc/self/fd/" + fd);
            Feeder.feed(LoopCalls.of(Engines.of(Loop.current())), fd, "the null device", new byte[INPUT_BYTES]);
            int turns = 0;
            while (Files.exists(open, LinkOption.NOFOLLOW_LINKS)) {
                turns++;
                Sluice.yield();
            }
            assertThat(turns)
                    .as("turns of a neighbour meanwhile")
                    .isGreaterThan(INPUT_BYTES / LoopCalls.BLOCK_BYTES / 32);
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"IO_URING", "EPOLL"})
    void anErrorIsReported(Backend backend) throws Exception {
        assertThat(firstReportOf(() -> TestLoops.run(TestLoops.config().withBackend(backend), () -> {
                    int fd = open("/dev/full"); // refuses each byte
                    Feeder.feed(LoopCalls.of(Engines.of(Loop.current())), fd, "the full device", new byte[3]);
                    Path open = Path.of("/proc/self/fd/" + fd);
                    Patience.until("fd=" + fd + " is closed", () -> !Files.exists(open, LinkOption.NOFOLLOW_LINKS));
                })))
                .isEqualTo("task feeder of the full device failed and nobody waits for it: java.io.IOException:"
                        + " write the full device, written=0 of 3: ENOSPC (No space left on device)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Broken pipe", "Stream closed", "No space left on device"})
    void anErrorOfABlockingPipeIsReportedUnlessNobodyReads(String text) throws Exception {
        var pipe = new OutputStream() {
            private boolean closed;

            @Override
            public void write(int one) throws IOException {
                throw new IOException(text);
            }

            @Override
            public void close() {
                closed = true;
            }
        };
        String reported = firstReportOf(() -> {
            Feeder.feedBlocking(pipe, "a pipe", new byte[3]);
            Reports.publish(new Report.UnobservedFailure("last", new IOException("nothing")));
        });
        assertThat(pipe.closed).isTrue();
        String last = "task last failed and nobody waits for it: java.io.IOException: nothing";
        assertThat(reported)
                .isEqualTo(
                        text.startsWith("No space")
                                ? "task feeder of a pipe failed and nobody waits for it: java.io.IOException:"
                                        + " write a pipe: No space left on device"
                                : last);
    }

    @ParameterizedTest
    @EnumSource(names = {"IO_URING", "EPOLL", "NIO"})
    void aProgramThatReadsNothingIsNoError(Backend backend) throws Exception {
        assertThat(firstReportOf(() -> {
                    TestLoops.run(TestLoops.config().withBackend(backend), () -> {
                        ProcessResult result = Command.of("/bin/sh", "-c", "exec <&-; echo done")
                                .stdin(Input.of(new byte[1 << 20]))
                                .run();
                        assertThat(result.stdoutText()).isEqualTo("done\n");
                    });
                    Reports.publish(new Report.UnobservedFailure("last", new IOException("nothing")));
                }))
                .startsWith("task last ");
    }

    @ParameterizedTest
    @EnumSource(names = {"IO_URING", "EPOLL"})
    void whatALoopDoesNotWriteBeforeItsEndIsReported(Backend backend) throws Exception {
        var calls = new CallState();
        long pipe = Unistd.pipe2(calls, Fcntl.O_CLOEXEC);
        try {
            assertThat(firstReportOf(() -> TestLoops.run(
                            TestLoops.config().withBackend(backend),
                            () -> Feeder.feed(
                                    LoopCalls.of(Engines.of(Loop.current())),
                                    Unistd.writeEnd(pipe),
                                    "a pipe",
                                    new byte[INPUT_BYTES]))))
                    .containsPattern("write a pipe, written=\\d+ of " + INPUT_BYTES + ": ECANCELED ");
        } finally {
            Unistd.close(calls, Unistd.readEnd(pipe));
        }
    }

    private static int open(String device) {
        int fd = Fcntl.open(new CallState(), device.getBytes(US_ASCII), Fcntl.O_WRONLY | Fcntl.O_CLOEXEC, 0);
        assertThat(fd).as(device).isNotNegative();
        return fd;
    }

    /// The first thing that is reported by a body.
    private static String firstReportOf(Action<?> body) throws Exception {
        var first = new CompletableFuture<String>();
        Consumer<Report> before = Reports.handler(report -> first.complete(report.describe()));
        try {
            body.run();
            return Patience.get(first);
        } finally {
            Reports.handler(before);
        }
    }
}

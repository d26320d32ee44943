package dev.sluice.process;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.internal.access.Engines;
import dev.sluice.internal.io.LoopCalls;
import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Fcntl;
import dev.sluice.internal.testkit.TestLoops;
import dev.sluice.loop.Backend;
import dev.sluice.loop.Loop;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class FeederTest {
    private static final int INPUT_BYTES = 64 << 20;

    /// The fastest reader is the null device. Only io_uring waits for devices that are always ready.
    @Test
    @Tag("needs-opens") // without it the neighbour takes its turns beside the loop, not on it
    void aProgramThatReadsAsFastAsWeWriteDoesNotHoldTheLoop() throws Exception {
        TestLoops.run(TestLoops.config().withBackend(Backend.IO_URING), () -> {
            int fd = Fcntl.open(new CallState(), "/dev/null".getBytes(US_ASCII), Fcntl.O_WRONLY | Fcntl.O_CLOEXEC, 0);
            assertThat(fd).isNotNegative();
            Path open = Path.of("/proc/self/fd/" + fd);
            Feeder.feed(LoopCalls.of(Engines.of(Loop.current())), fd, new byte[INPUT_BYTES]);
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
}

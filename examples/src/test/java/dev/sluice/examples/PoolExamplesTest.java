package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PoolExamplesTest {
    @Test
    void wordsOfADirectoryAreCounted(@TempDir Path directory) throws Exception {
        Files.writeString(directory.resolve("a.txt"), "to be or\n\nnot to be\n");
        Files.writeString(directory.resolve("b.txt"), " that is \n");
        Files.writeString(directory.resolve("c.md"), "not this");
        assertThat(Printed.by(() -> WordCount.main(new String[] {directory.toString()}))
                        .lines())
                .containsExactly("8 words in 2 files");
    }

    @Test
    void ranksComputePi() throws Exception {
        assertThat(Printed.by(ParallelSum::main).lines()).containsExactly("3.14159");
    }
}

package dev.sluice.process;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.internal.testkit.TestLoops;
import dev.sluice.io.StreamException;
import org.junit.jupiter.api.Test;

class CollectionTest {
    @Test
    void aFailureToReadStandardErrorIsOneOfInput() throws Exception {
        TestLoops.run(() -> {
            Command command = Command.of("sleep", "100000");
            try (Child child = command.start()) {
                child.stderr().close();
                assertThatThrownBy(() -> new Collection(command, 1).collect(child))
                        .isInstanceOf(StreamException.class)
                        .hasMessageContaining("stderr of sleep");
            }
        });
    }
}

package dev.sluice.internal.shm;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.space.Space;
import dev.sluice.task.Action;
import dev.sluice.task.Deadline;
import java.io.IOException;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// A space of its own for each test, open here and in a Python.
abstract class PythonPeer {
    final String name = "sluice-test-" + UUID.randomUUID();
    final String address = "shm:" + name;
    Space space;
    Python python;

    @BeforeEach
    final void open() throws IOException {
        space = Space.open(address);
        python = new Python(address);
    }

    @AfterEach
    final void remove() throws Exception {
        python.close();
        space.close();
        Shared.destroy(address);
    }

    static void within(Action<Exception> body) throws Exception {
        Deadline.after(ofSeconds(60)).run(body);
    }

    /// Has the Python do something that has no value.
    final void say(String line) throws IOException {
        assertThat(python.run(line)).as(line).isEqualTo("ok None");
    }
}

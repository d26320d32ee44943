package dev.sluice.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.internal.linux.DescriptorLeaks;
import dev.sluice.internal.testkit.Patience;
import dev.sluice.internal.testkit.TestLoops;
import dev.sluice.loop.Backend;
import dev.sluice.task.Action;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;

/// What the tests of child processes share.
@ExtendWith({Guarded.class, DescriptorLeaks.class})
abstract class ProcessRig {
    /// Never ends by itself; a grandchild of it does not either.
    static final String FOREVER = "sleep 100000";

    abstract Backend backend();

    /// Whether processes are the kernel's; the JDK's tell less.
    abstract boolean kernel();

    void run(Action<?> body) throws Exception {
        TestLoops.run(TestLoops.config().withBackend(backend()), body);
    }

    static Command shell(String script) {
        return Command.of("/bin/sh", "-c", script);
    }

    static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }

    @AfterEach
    void leavesNoChild() {
        Patience.until(
                "no child is left, not even a zombie: " + Procs.children(),
                () -> Procs.children().isEmpty());
    }
}

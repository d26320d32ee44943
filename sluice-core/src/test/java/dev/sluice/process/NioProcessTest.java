package dev.sluice.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.internal.testkit.TestLoops;
import dev.sluice.loop.Backend;
import dev.sluice.loop.Loops;
import java.util.List;
import org.junit.jupiter.api.Test;

class NioProcessTest extends ProcessContract {
    @Override
    Backend backend() {
        return Backend.NIO;
    }

    @Override
    boolean kernel() {
        return false;
    }

    @Test
    void capabilitiesSayThatProcessesAreTheJdks() {
        try (Loops loops = Loops.open(TestLoops.config().withBackend(Backend.NIO))) {
            assertThat(loops.capabilities().missing())
                    .anySatisfy(missing -> assertThat(missing.feature()).contains("child processes"));
        }
    }

    @Test
    void onlyTextIsPassed() throws Exception {
        run(() -> assertThatThrownBy(() -> Command.ofBytes(List.of(Command.bytes("echo"), new byte[] {(byte) 0xFF}))
                        .start())
                .isInstanceOf(ProcessStartException.class)
                .hasMessageContaining("not UTF-8"));
    }

    @Test
    void signalsOtherThanTermAndKillAreRefused() throws Exception {
        run(() -> {
            try (Child child = Command.of("sleep", "100000").start()) {
                assertThatThrownBy(() -> child.signal(1)).isInstanceOf(UnsupportedOperationException.class);
            }
        });
    }

    @Test
    void startsTellTheirErrorAndChildrenTheirMark() throws Exception {
        run(() -> {
            assertThatThrownBy(() -> Command.of("no-such-program").start())
                    .isInstanceOfSatisfying(
                            ProcessStartException.class,
                            failure -> assertThat(failure.error()).hasValue("ENOENT"));
            try (Child child = Command.of("sleep", "100000").start()) {
                Procs.awaitVariable(Guardian.VARIABLE + "=" + Guardian.mark(), child.pid());
            }
        });
    }
}

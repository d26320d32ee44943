package dev.sluice.internal.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.internal.linux.DescriptorLeaks;
import dev.sluice.internal.linux.Fcntl;
import dev.sluice.internal.poll.IoUringPoller.Setup;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(DescriptorLeaks.class)
class IoUringPollerTest extends RandomContract {
    @Override
    Poller create(PollerConfig config) throws Exception {
        return IoUringPoller.create(setup(), config);
    }

    Setup setup() {
        return Setup.DEFERRED_DIRECT;
    }

    @Override
    String name() {
        return "io_uring";
    }

    @Test
    void entersTheKernelOnceATick() throws Exception {
        onLoop(rig -> {
            Rig.Pipe pipe = rig.pipe();
            Recorded write = Recorded.write(pipe.out(), rig.buffer, 1);
            Recorded read = Recorded.read(pipe.in(), rig.buffer, 1);
            rig.perform(read, write);
            long before = rig.poller.statistics().systemCalls();
            for (int i = 0; i < 1_000; i++) {
                rig.perform(write, read);
            }
            assertThat(rig.poller.statistics().systemCalls() - before).isEqualTo(1_000);
            before = rig.poller.statistics().systemCalls();
            for (int i = 0; i < 1_000; i++) {
                rig.poller.poll(0);
            }
            assertThat(rig.poller.statistics().systemCalls() - before)
                    .as("nothing to submit, nothing ended")
                    .isZero();
        });
    }

    @Test
    void countsOverflows() throws Exception {
        onLoop(new PollerConfig(64, 64, 10_000), rig -> {
            int nothing = rig.own(open(rig, "/dev/null", Fcntl.O_WRONLY));
            for (int i = 0; i < 1_000; i++) {
                rig.submit(Recorded.write(nothing, rig.buffer, 1));
            }
            while (rig.poller.inFlight() > 0) {
                rig.poller.poll(Long.MAX_VALUE);
            }
            assertThat(rig.poller.statistics().overflows()).isPositive();
            for (int i = 0; i < 10; i++) {
                rig.poller.wakeup();
                rig.poller.poll(Long.MAX_VALUE);
            }
        });
    }

    @Test
    void saysWhenAnotherThreadPolls() throws Exception {
        if (!setup().deferred()) {
            return; // older rings have no owner
        }
        onLoop(rig -> {
            var thrown = new AtomicReference<Throwable>();
            var other = new Thread(() -> {
                try {
                    rig.poller.poll(1);
                } catch (IllegalStateException expected) {
                    thrown.set(expected);
                }
            });
            other.start();
            other.join();
            assertThat(thrown.get()).hasMessageContaining("another thread");
        });
    }

    @Test
    void refusesSizesThatCannotBe() {
        assertThatThrownBy(() -> new PollerConfig(0, 1, 1)).hasMessage("poller: submissions=0, expected 1..32768");
        assertThatThrownBy(() -> new PollerConfig(64, 32, 1))
                .hasMessage("poller: completions=32, expected at least submissions=64");
    }
}

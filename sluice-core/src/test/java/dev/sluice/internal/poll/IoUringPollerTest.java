package dev.sluice.internal.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.internal.linux.DescriptorLeaks;
import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.Fcntl;
import dev.sluice.internal.poll.IoUringPoller.Setup;
import java.util.ArrayList;
import java.util.List;
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
    void receivesEachArrivalUntilTheEnd() throws Exception {
        onLoop(rig -> {
            assertThat(rig.poller.receivesEach()).isEqualTo(setup().deferred());
            if (!setup().deferred()) {
                return;
            }
            Rig.Pipe ends = rig.foreignSockets();
            int in = rig.own(ends.in());
            var each = new Each(rig.poller, in);
            rig.submit(each);
            for (int i = 1; i <= 3; i++) {
                rig.writeDirectly(ends.out(), i);
                rig.settle();
                assertThat(each.bytes).isEqualTo(i * (i + 1) / 2);
            }
            rig.poller.cancel(each);
            rig.settle();
            assertThat(each.outcomes).containsExactly(-Errno.ECANCELED);
            rig.writeDirectly(ends.out(), 10);
            rig.settle();
            assertThat(each.bytes).as("after the cancel").isEqualTo(6);
            rig.submit(each);
            rig.closeForeign(ends.out());
            rig.settle();
            assertThat(each.bytes).isEqualTo(16);
            assertThat(each.outcomes).containsExactly(-Errno.ECANCELED, 0);
        });
    }

    @Test
    void saysWhenAllBuffersAreLent() throws Exception {
        onLoop(rig -> {
            if (!setup().deferred()) {
                return;
            }
            Rig.Pipe ends = rig.foreignSockets();
            var each = new Each(rig.poller, rig.own(ends.in()));
            each.keeps = true;
            rig.submit(each);
            while (each.outcomes.isEmpty() || each.outcomes.getLast() != -Errno.ENOBUFS) {
                if (each.slot < 0) {
                    assertThat(each.outcomes.getLast())
                            .as("may be submitted again")
                            .isEqualTo(-Errno.EAGAIN);
                    rig.submit(each);
                }
                rig.writeDirectly(ends.out(), 1);
                rig.poller.poll(0);
            }
            int lent = each.kept.size();
            assertThat(lent).isGreaterThan(500);
            each.kept.forEach(rig.poller::giveBack);
            each.kept.clear();
            rig.submit(each);
            rig.settle();
            assertThat(each.bytes).as("nothing is lost").isGreaterThan(lent);
            rig.poller.cancel(each);
            rig.settle();
            rig.closeForeign(ends.out());
        });
    }

    /// A receive of everything that comes; gives the buffers back, or keeps them.
    private static final class Each extends Operation {
        final Poller poller;
        final List<Integer> outcomes = new ArrayList<>();
        final List<Integer> kept = new ArrayList<>();
        boolean keeps;
        int bytes;

        Each(Poller poller, int fd) {
            this.poller = poller;
            this.fd = fd;
            kind = Kind.RECV_EACH;
        }

        @Override
        public void arrived(int count) {
            bytes += count;
            if (keeps) {
                kept.add(lent);
            } else {
                poller.giveBack(lent);
            }
        }

        @Override
        public void completed(int result) {
            outcomes.add(result);
        }
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

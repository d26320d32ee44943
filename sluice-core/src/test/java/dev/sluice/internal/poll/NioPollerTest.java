package dev.sluice.internal.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.internal.linux.DescriptorLeaks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(DescriptorLeaks.class)
class NioPollerTest extends SleepContract {
    @Override
    Poller create(PollerConfig config) throws Exception {
        return new NioPoller(config);
    }

    @Override
    String name() {
        return "nio";
    }

    @Test
    void performsNoOperations() throws Exception {
        onLoop(rig -> {
            assertThat(rig.poller.performsOperations()).isFalse();
            assertThatThrownBy(() -> rig.poller.submit(Recorded.read(0, 0, 0)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("submit READ fd=0: poller=nio, expected an operation on a socket");
        });
    }
}

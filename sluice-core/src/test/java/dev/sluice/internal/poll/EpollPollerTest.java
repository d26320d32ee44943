package dev.sluice.internal.poll;

import dev.sluice.internal.linux.DescriptorLeaks;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(DescriptorLeaks.class)
class EpollPollerTest extends RandomContract {
    @Override
    Poller create(PollerConfig config) throws Exception {
        return new EpollPoller(config);
    }

    @Override
    String name() {
        return "epoll";
    }
}

package dev.sluice.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.loop.Backend;
import dev.sluice.net.CancelSweep;
import dev.sluice.net.Listener;
import dev.sluice.net.SweptTransfer;
import dev.sluice.net.Tcp;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Compressed transfers over real sockets, cancelled at each suspension.
@Tag("needs-opens") // counts the steps of a loop
class CancelledDeflateTest {
    private static SweptTransfer transfer() throws Exception {
        try (Listener listener = Tcp.listen("127.0.0.1:0")) {
            return new SweptTransfer(
                    Stack.over(Tcp.connect(listener.address().place())).deflate(),
                    Stack.over(listener.accept()).deflate());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"IO_URING", "EPOLL", "NIO"})
    void readsAndWrites(Backend backend) throws Exception {
        int cancelled = CancelSweep.everywhere(
                backend, CancelledDeflateTest::transfer, SweptTransfer::both, SweptTransfer::rest);
        assertThat(cancelled).isGreaterThan(5);
    }
}

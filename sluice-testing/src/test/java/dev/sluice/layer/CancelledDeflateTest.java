package dev.sluice.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.loop.Backend;
import dev.sluice.net.CancelSweep;
import dev.sluice.net.OnEachBackend;
import dev.sluice.net.SweptTransfer;
import org.junit.jupiter.api.Tag;

/// Compressed transfers over real sockets, cancelled at each suspension.
@Tag("needs-opens") // counts the steps of a loop
class CancelledDeflateTest {
    private static SweptTransfer transfer() throws Exception {
        SweptTransfer plain = SweptTransfer.overTcp();
        return new SweptTransfer(
                Stack.over(plain.near()).deflate(), Stack.over(plain.far()).deflate());
    }

    @OnEachBackend
    void readsAndWrites(Backend backend) throws Exception {
        int cancelled = CancelSweep.everywhere(
                backend, CancelledDeflateTest::transfer, SweptTransfer::both, SweptTransfer::rest);
        assertThat(cancelled).isGreaterThan(5);
    }
}

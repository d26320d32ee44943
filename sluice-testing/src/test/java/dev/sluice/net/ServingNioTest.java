package dev.sluice.net;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.loop.Backend;
import dev.sluice.loop.LoopsConfig;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("try") // the near end only has to be there
class ServingNioTest extends ServingContract {
    @Override
    Backend backend() {
        return Backend.NIO;
    }

    @Test
    void whatTheJdkDoesNotKnowIsRefused(@TempDir Path directory) throws Exception {
        Sluice.run(LoopsConfig.defaults().withBackend(Backend.NIO), () -> {
            UnixAddress hidden = new UnixAddress("@sluice-nio");
            assertThatThrownBy(() -> Unix.listen(hidden))
                    .isInstanceOf(NetException.class)
                    .hasMessageStartingWith("listen unix @sluice-nio: EAFNOSUPPORT");
            assertThatThrownBy(() -> Unix.connect(hidden))
                    .isInstanceOf(NetException.class)
                    .hasMessageStartingWith("connect unix @sluice-nio: EAFNOSUPPORT");
            assertThatThrownBy(() -> Unix.bind(UnixAddress.of(directory.resolve("datagrams"))))
                    .isInstanceOf(NetException.class)
                    .hasMessageContaining("ESOCKTNOSUPPORT");
            try (Listener listener = Unix.listen(UnixAddress.of(directory.resolve("stream")));
                    Connection near = connect(listener);
                    Connection far = listener.accept()) {
                assertThatThrownBy(() -> Unix.peer(far))
                        .isInstanceOf(UnsupportedOperationException.class)
                        .hasMessageContaining("back end NIO");
            }
        });
    }
}

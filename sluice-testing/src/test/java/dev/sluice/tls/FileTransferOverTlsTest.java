package dev.sluice.tls;

import dev.sluice.net.Connection;
import dev.sluice.net.FileTransferContract;
import dev.sluice.net.Listener;
import dev.sluice.net.Tcp;
import dev.sluice.testing.ConnectionContract.Pair;
import java.io.IOException;

/// Files go through TLS.
class FileTransferOverTlsTest extends FileTransferContract {
    @Override
    protected Pair open() throws IOException {
        try (Listener listener = Tcp.listen("127.0.0.1:0")) {
            Connection near = Tcp.connect(listener.address().place());
            return TlsConnectionContract.secure(near, listener.accept());
        }
    }
}

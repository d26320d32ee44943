package dev.sluice.tls;

import dev.sluice.net.Connection;
import dev.sluice.net.Listener;
import dev.sluice.net.Unix;
import dev.sluice.net.UnixAddress;
import java.io.IOException;

class TlsOverUnixTest extends TlsConnectionContract {
    @Override
    protected Pair open() throws IOException {
        try (Listener listener = Unix.listen(new UnixAddress(""))) {
            Connection near = Unix.connect((UnixAddress) listener.address());
            return secure(near, listener.accept());
        }
    }

    @Override
    protected boolean showsResets() {
        return false;
    }
}

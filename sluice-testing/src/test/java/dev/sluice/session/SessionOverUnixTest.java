package dev.sluice.session;

import dev.sluice.net.Connection;
import dev.sluice.net.Listener;
import dev.sluice.net.Unix;
import dev.sluice.net.UnixAddress;
import java.io.IOException;

class SessionOverUnixTest extends SessionContract {
    @Override
    Ends open() throws IOException {
        try (Listener listener = Unix.listen(new UnixAddress(""))) {
            Connection near = Unix.connect((UnixAddress) listener.address());
            return new Ends(near, listener.accept());
        }
    }
}

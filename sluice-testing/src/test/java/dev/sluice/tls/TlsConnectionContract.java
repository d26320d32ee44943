package dev.sluice.tls;

import dev.sluice.net.Connection;
import dev.sluice.testing.ConnectionContract;
import java.io.IOException;

/// TLS 1.3 over a connection keeps the contract.
abstract class TlsConnectionContract extends ConnectionContract {
    private static final TlsContext CLIENT = Certificates.client();
    private static final TlsContext SERVER = Certificates.server();

    static Pair secure(Connection near, Connection far) throws IOException {
        Certificates.Pair pair = Certificates.shake(CLIENT, near, SERVER, far);
        return new Pair(pair.client(), pair.server());
    }

    @Override
    protected boolean missesEnds() {
        return true;
    }
}

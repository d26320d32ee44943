package dev.sluice.layer;

import dev.sluice.net.Connection;
import dev.sluice.net.FileTransferContract;
import dev.sluice.net.Listener;
import dev.sluice.net.Tcp;
import dev.sluice.testing.ConnectionContract.Pair;
import java.io.IOException;

/// Files go through layers, of which one changes every byte.
class FileTransferThroughLayersTest extends FileTransferContract {
    @Override
    protected Pair open() throws IOException {
        try (Listener listener = Tcp.listen("127.0.0.1:0")) {
            Connection near = Tcp.connect(listener.address().place());
            return new Pair(layers(near), layers(listener.accept()));
        }
    }

    private static Stack layers(Connection lower) throws IOException {
        return Stack.over(lower).layer(new Meter("below")).deflate();
    }
}

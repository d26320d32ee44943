package dev.sluice.examples;

import dev.sluice.Sluice;
import dev.sluice.callback.Callbacks;
import dev.sluice.callback.Peer;
import dev.sluice.net.Tcp;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/// An echo server in the style of asyncio's protocols; the client asks as in [Echo].
final class EchoByCallbacks implements Callbacks {
    // tag::main
    @Override
    public void connected(Peer peer) {
        IO.println("connected");
    }

    @Override
    public void received(Peer peer, ByteBuffer bytes) {
        peer.write(bytes);
    }

    @Override
    public void lost(Peer peer, Optional<IOException> failure) {
        IO.println("lost");
    }

    static void main() throws Exception {
        Sluice.run(() -> TaskGroup.run(group -> {
            var listener = Tcp.listen("127.0.0.1:0");
            group.start("server", () -> listener.serve(Callbacks.serving(EchoByCallbacks::new)));
            IO.println(Echo.ask(listener, "hello"));
            listener.close();
        }));
    }
    // end::main
}

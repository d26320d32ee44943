package dev.sluice.cli.socket;

import dev.sluice.channel.Channel;
import dev.sluice.net.Address;
import dev.sluice.net.Datagrams;
import dev.sluice.net.Datagrams.Datagram;
import dev.sluice.net.NetException;
import dev.sluice.task.TaskFailedException;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Serves those who send datagrams to one socket: each is a connection, from the first datagram that comes from
/// its address, until its handler is done.
///
/// Invariant: each peer that is served has an entry in `peers`, which its task removes.
/// Threads: the coroutine that serves, and a task for each peer.
final class DatagramServer {
    /// How many datagrams wait for the reader of one peer; more are lost, as in the system's own queue.
    private static final int WAITING = 256;

    private final Datagrams socket;
    private final Duration idle;
    private final Map<Address, Channel<byte[]>> peers = new ConcurrentHashMap<>();
    private volatile boolean
            done; // set by the peer's task before it closes the socket; pairs with the reads in receive

    DatagramServer(Datagrams socket, Duration idle) {
        this.socket = socket;
        this.idle = idle;
    }

    /// What is done with a peer.
    interface Handler {
        void serve(DatagramConnection peer) throws IOException;
    }

    /// Serves one peer.
    ///
    /// @throws IOException what the handler throws, too
    void serveOne(Handler handler) throws IOException {
        try {
            TaskGroup.run(group -> receive(group, 1, peer -> {
                try {
                    handler.serve(peer);
                } finally {
                    done = true;
                    socket.close();
                }
            }));
        } catch (TaskFailedException failed) {
            if (failed.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw failed;
        }
    }

    /// Serves all who come, some at the same time.
    ///
    /// @param most how many; the datagrams of others are lost
    /// @param handler tells of its failures itself
    void serveAll(int most, Handler handler) throws IOException {
        TaskGroup.run(group -> receive(group, most, peer -> {
            try {
                handler.serve(peer);
            } catch (IOException told) {
                peer.abort();
            }
        }));
    }

    private void receive(TaskGroup<?, ?> group, int most, Handler handler) throws IOException {
        while (!done) {
            Datagram datagram;
            try {
                datagram = socket.receive();
            } catch (NetException failure) {
                if (done) {
                    return;
                }
                throw failure;
            }
            Channel<byte[]> waiting = peers.get(datagram.peer());
            if (waiting == null && peers.size() < most) {
                waiting = start(group, datagram.peer(), handler);
            }
            if (waiting != null) {
                waiting.trySend(datagram.bytes());
            }
        }
    }

    private Channel<byte[]> start(TaskGroup<?, ?> group, Address peer, Handler handler) {
        Channel<byte[]> waiting = Channel.<byte[]>buffered(WAITING).named("datagrams of " + peer);
        peers.put(peer, waiting);
        group.start(peer.toString(), () -> {
            try {
                handler.serve(DatagramConnection.server(new Shared(peer, waiting), peer, idle));
            } finally {
                peers.remove(peer);
            }
        });
        return waiting;
    }

    /// The socket, as far as it concerns one peer. Closing it leaves the socket to the others.
    private final class Shared implements DatagramConnection.Socket {
        private final Address peer;
        private final Channel<byte[]> waiting;

        Shared(Address peer, Channel<byte[]> waiting) {
            this.peer = peer;
            this.waiting = waiting;
        }

        @Override
        public byte[] receive() {
            return waiting.receive();
        }

        @Override
        public void send(byte[] datagram) throws IOException {
            socket.send(Datagram.to(peer, datagram));
        }

        @Override
        public void close() {
            waiting.cancel(dropped -> {});
        }

        @Override
        public Address local() {
            return socket.local();
        }
    }
}

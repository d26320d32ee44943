package dev.sluice.net;

import dev.sluice.internal.io.SuspendedOperation;
import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.strand.Completion;
import dev.sluice.net.NetException.Ends;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// A listener on a socket of the system.
///
/// Threads: see [Listener].
final class SocketListener extends KernelSocket implements Listener {
    /// Errors of the connection that was to be accepted, not of the listener: Linux passes them on.
    private static final Set<String> OF_THE_PEER = Set.of(
            "ECONNABORTED",
            "EPROTO",
            "ENOPROTOOPT",
            "ENETDOWN",
            "EHOSTDOWN",
            "ENONET",
            "EHOSTUNREACH",
            "ENETUNREACH",
            "EOPNOTSUPP");

    private final Address address;
    private final Ends ends;
    private final Server server = new Server(this);
    private final long graceNanos;
    private final Runnable whenClosed;
    private final List<Accept> accepts = new ArrayList<>(1); // in flight; loop thread only
    private volatile boolean closed; // set by any thread; pairs with the reads in accept, and in Server

    /// @param graceNanos of the connections that it accepts
    /// @param whenClosed what is left to do when the descriptor is closed
    SocketListener(NetLoop net, int fd, Address address, long graceNanos, Runnable whenClosed) {
        super(net, fd);
        this.graceNanos = graceNanos;
        this.address = address;
        this.ends = Ends.of(address);
        this.whenClosed = whenClosed;
    }

    @Override
    public Connection accept() throws NetException {
        NetLoop here = NetLoop.here("accept " + address);
        while (true) {
            if (closed) {
                throw failure(CLOSED);
            }
            int result = new Accept(this).perform(this);
            if (result >= 0) {
                server.accepted();
                int accepted = here.sockets().adopt(net.sockets(), result);
                return Sockets.accepted(here, accepted, address, graceNanos);
            }
            if (!OF_THE_PEER.contains(Errno.name(-result))) {
                throw failure(result);
            }
        }
    }

    @Override
    public void serve(Limits limits, Handler handler) throws IOException {
        server.serve(limits, handler, () -> closed);
    }

    @Override
    public Address address() {
        return address;
    }

    @Override
    public Statistics statistics() {
        return server.statistics();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        server.closed();
        whenClosed.run();
        var done = new Completion<Integer>();
        if (calls.execute(() -> startClose(done))) {
            done.awaitUncancellable("close of " + this);
        }
    }

    @Override
    void cancelAll() {
        List.copyOf(accepts).forEach(Accept::cancel);
    }

    private NetException failure(int result) {
        return switch (result) {
            case CLOSED -> NetException.of("accept", ends, "the listener is closed");
            case SuspendedOperation.LOOP_ENDED -> NetException.of("accept", ends, "its loop has ended");
            case -Errno.ECANCELED ->
                NetException.of("accept", ends, closed ? "the listener was closed meanwhile" : "its loop has ended");
            default -> NetException.of("accept", ends, result);
        };
    }

    @Override
    public String toString() {
        return address.toString();
    }

    /// One wait for a connection.
    private static final class Accept extends SuspendedOperation {
        private final SocketListener listener;

        Accept(SocketListener listener) {
            super(listener.calls);
            this.listener = listener;
            kind = Kind.ACCEPT;
            fd = listener.fd;
        }

        @Override
        protected int admit() {
            if (!listener.begin()) {
                return CLOSED;
            }
            listener.accepts.add(this);
            return 0;
        }

        @Override
        protected int step(int answer) {
            return answer;
        }

        @Override
        protected void ended(int last) {
            if (listener.accepts.remove(this)) {
                listener.end();
            }
        }
    }
}

package dev.sluice.net;

import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelClosedException;
import dev.sluice.internal.linux.Errno;
import dev.sluice.net.Memory.End;
import dev.sluice.net.NetException.Ends;
import java.io.IOException;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/// Where connections inside of the program are accepted.
///
/// Threads: any, on any loop; it outlives them.
final class MemoryListener implements Listener {
    private static final int BACKLOG = 128;

    private final ConcurrentMap<String, MemoryListener> names;
    private final End place;
    private final Channel<Connection> arrivals = Channel.buffered(BACKLOG);
    private final AtomicLong callers = new AtomicLong();
    private final Server server = new Server(this);

    private volatile boolean closed; // set by any thread; pairs with the read in serve

    /// @param names where it is, until it is closed
    MemoryListener(ConcurrentMap<String, MemoryListener> names, End place) {
        this.names = names;
        this.place = place;
    }

    /// A connection to it; waits while its backlog is full.
    Connection connect() throws NetException {
        var caller = new End(place.name() + ".caller" + callers.incrementAndGet());
        Memory.Pair pair = Memory.pair(caller, place);
        try {
            arrivals.send(pair.far());
        } catch (ChannelClosedException gone) {
            throw refused(place);
        }
        return pair.near();
    }

    static NetException refused(End place) {
        return NetException.of("connect", Ends.to(place), -Errno.ECONNREFUSED);
    }

    @Override
    public Connection accept() throws NetException {
        try {
            Connection connection = arrivals.receive();
            server.accepted();
            return connection;
        } catch (ChannelClosedException ended) {
            throw NetException.of("accept", Ends.of(place), "the listener is closed");
        }
    }

    @Override
    public void serve(Limits limits, Handler handler) throws IOException {
        server.serve(limits, handler, () -> closed);
    }

    @Override
    public Address address() {
        return place;
    }

    @Override
    public Statistics statistics() {
        return server.statistics();
    }

    @Override
    public void close() {
        closed = true;
        names.remove(place.name(), this);
        arrivals.cancel(Connection::abort);
        server.closed();
    }

    @Override
    public String toString() {
        return place.toString();
    }
}

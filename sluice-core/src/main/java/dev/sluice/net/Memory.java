package dev.sluice.net;

import dev.sluice.internal.linux.Errno;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// Connections inside of the program: the same contract without a system under it, for tests, for simulations,
/// and for parts that do not know where their peers are.
public final class Memory {
    private Memory() {}

    /// The name of one end of a connection inside of this program.
    ///
    /// @param name for people
    public record End(String name) implements Address {
        static final String NETWORK = "memory";

        @Override
        public String network() {
            return NETWORK;
        }

        @Override
        public String place() {
            return name;
        }

        @Override
        public String toString() {
            return NETWORK + ":" + name;
        }
    }

    /// Connections and datagrams inside of the program, between those who have names of one network.
    public static final class Network {
        private final ConcurrentMap<String, MemoryDatagrams> sockets = new ConcurrentHashMap<>();
        private final ConcurrentMap<String, MemoryListener> listeners = new ConcurrentHashMap<>();

        private Network() {}

        /// Receives at a name. Nothing is lost on the way; at most 256 datagrams wait, then senders do.
        ///
        /// @throws NetException if the name is taken
        public Datagrams bind(String name) throws NetException {
            var socket = new MemoryDatagrams(sockets, new End(name));
            if (sockets.putIfAbsent(name, socket) != null) {
                throw NetException.of("bind", NetException.Ends.of(socket.local()), -Errno.EADDRINUSE);
            }
            return socket;
        }

        /// Listens at a name. At most 128 connections wait to be accepted, then those who connect do. It may be
        /// used on any loop, and ends with none.
        ///
        /// @throws NetException if another one listens at the name
        public Listener listen(String name) throws NetException {
            var listener = new MemoryListener(listeners, new End(name));
            if (listeners.putIfAbsent(name, listener) != null) {
                throw NetException.of("listen", NetException.Ends.of(listener.address()), -Errno.EADDRINUSE);
            }
            return listener;
        }

        /// Connects to a name.
        ///
        /// @throws NetException with the error `ECONNREFUSED` if nobody listens there, or ceases to meanwhile
        public Connection connect(String name) throws NetException {
            MemoryListener listener = listeners.get(name);
            if (listener == null) {
                throw MemoryListener.refused(new End(name));
            }
            return listener.connect();
        }
    }

    /// A new network. What is made of it may be used on any loop.
    public static Network network() {
        return new Network();
    }

    /// Two ends that are connected.
    ///
    /// @param near the one
    /// @param far the other
    public record Pair(Connection near, Connection far) {}

    /// A new connection. Its ends may be used on any loop, and outlive it.
    ///
    /// @param name for messages: the ends are `name.near` and `name.far`
    public static Pair pair(String name) {
        return pair(new End(name + ".near"), new End(name + ".far"));
    }

    static Pair pair(End near, End far) {
        var there = new MemoryPipe();
        var back = new MemoryPipe();
        return new Pair(new MemoryConnection(back, there, near, far), new MemoryConnection(there, back, far, near));
    }
}

package dev.sluice.net;

import dev.sluice.internal.linux.Errno;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An operation on a connection or listener that failed, with both ends and the cause:
/// `read tcp 127.0.0.1:4711->127.0.0.1:80: ECONNRESET (Connection reset by peer)`.
///
/// Layers over connections extend it by what only they know.
public class NetException extends IOException {
    private static final long serialVersionUID = 1;

    private final String operation;
    private final transient Ends ends;
    private final @Nullable String error;

    /// What an operation was tried between.
    record Ends(@Nullable Address local, @Nullable Address remote) {
        static Ends of(Address local) {
            return new Ends(local, null);
        }

        static Ends to(Address remote) {
            return new Ends(null, remote);
        }

        private String network() {
            Address any = remote != null ? remote : local;
            return any == null ? "" : any.network();
        }

        @Override
        public String toString() {
            String from = local == null ? "" : local.place();
            String to = remote == null ? "" : remote.place();
            return network() + " " + from + (local != null && remote != null ? "->" : "") + to;
        }
    }

    /// A failure that a layer has found.
    ///
    /// @param connection whose ends it names
    /// @param text what is wrong, in words
    protected NetException(String operation, Connection connection, String text) {
        this(operation, new Ends(connection.local(), connection.remote()), null, text);
    }

    NetException(String operation, Ends ends, @Nullable String error, String text) {
        super(operation + " " + ends + ": " + text);
        this.operation = operation;
        this.ends = ends;
        this.error = error;
    }

    /// @param result what the system call returned: a negated `errno`
    static NetException of(String operation, Ends ends, int result) {
        return new NetException(operation, ends, Errno.name(-result), Errno.describe(-result));
    }

    static NetException of(String operation, Ends ends, String text) {
        return new NetException(operation, ends, null, text);
    }

    /// What an operation on a connection throws that has been closed by its own side: for layers.
    public static NetException closed(String operation, Connection connection) {
        return of(operation, new Ends(connection.local(), connection.remote()), "the connection is closed");
    }

    /// What an operation on a connection throws that the peer has reset: for layers. It says `ECONNRESET`, as
    /// the system would.
    public static NetException reset(String operation, Connection connection) {
        return of(operation, new Ends(connection.local(), connection.remote()), -Errno.ECONNRESET);
    }

    /// Another failure that a layer has found.
    ///
    /// @param operation `read`, `write` or `close`
    /// @param text the cause in words
    public static NetException of(String operation, Connection connection, String text) {
        return of(operation, new Ends(connection.local(), connection.remote()), text);
    }

    /// What was tried: `lookup`, `connect`, `listen`, `accept`, `read`, `write`, `receive`, `send` or `close`.
    public String operation() {
        return operation;
    }

    /// `tcp`, `udp`, `unix`, `memory`, `pipe` or `stream`.
    public String network() {
        return ends.network();
    }

    /// The address of this end, if it was known.
    public Optional<Address> local() {
        return Optional.ofNullable(ends.local());
    }

    /// The address of the other end, if there was one.
    public Optional<Address> remote() {
        return Optional.ofNullable(ends.remote());
    }

    /// The system's name of the error, such as `ECONNRESET`; empty if it was not the system's.
    public Optional<String> error() {
        return Optional.ofNullable(error);
    }

    /// Whether the peer has gone: it reset the connection, or took no more.
    public boolean isPeerGone() {
        return "ECONNRESET".equals(error) || "EPIPE".equals(error);
    }
}

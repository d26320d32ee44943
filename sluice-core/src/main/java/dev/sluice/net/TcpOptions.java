package dev.sluice.net;

/// How a TCP socket behaves.
///
/// @param noDelay whether small writes go out at once (`TCP_NODELAY`); what one tick writes is one piece anyway
/// @param keepAlive whether the system asks a silent peer whether it is still there (`SO_KEEPALIVE`)
/// @param backlog how many connections may wait to be accepted, from 1 on; the system may allow fewer
/// @param reusePort whether others of the same user may listen at the same port, so that the system spreads the
///     connections over them (`SO_REUSEPORT`)
public record TcpOptions(boolean noDelay, boolean keepAlive, int backlog, boolean reusePort) {
    private static final TcpOptions DEFAULTS = new TcpOptions(true, false, 4096, false);

    public TcpOptions {
        if (backlog < 1) {
            throw new IllegalArgumentException("tcp options: backlog=" + backlog + ", expected 1 or more");
        }
    }

    /// Without delay, without questions, a backlog of 4096, a port of its own.
    public static TcpOptions defaults() {
        return DEFAULTS;
    }

    public TcpOptions withNoDelay(boolean value) {
        return new TcpOptions(value, keepAlive, backlog, reusePort);
    }

    public TcpOptions withKeepAlive(boolean value) {
        return new TcpOptions(noDelay, value, backlog, reusePort);
    }

    public TcpOptions withBacklog(int value) {
        return new TcpOptions(noDelay, keepAlive, value, reusePort);
    }

    public TcpOptions withReusePort(boolean value) {
        return new TcpOptions(noDelay, keepAlive, backlog, value);
    }
}

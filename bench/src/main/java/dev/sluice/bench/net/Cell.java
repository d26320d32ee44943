package dev.sluice.bench.net;

import dev.sluice.bench.Metric;

/// One work, done by all servers of a [Group].
///
/// @param name what the table calls it
/// @param load what the load does: see `net_load.go`
/// @param depth how many operations a request asks for
/// @param rate what the operations in a second are called
/// @param suite the cipher suite that all must use, or "plain"
record Cell(String name, String load, int connections, int depth, Metric rate, String suite) {
    private static final String PLAIN = "plain";

    /// Messages.
    ///
    /// @param what the begin of the name
    static Cell of(String what, String load, int connections, int depth) {
        String name = what + ", " + connections + (connections == 1 ? " connection, " : " connections, ") + depth
                + " in flight";
        return new Cell(name, load, connections, depth, Metric.MESSAGES, PLAIN);
    }

    /// MiB; the depth is how many are asked for at once.
    static Cell bulk(String what, int depth) {
        return new Cell(what, "bulk", 1, depth, Metric.BULK, PLAIN);
    }

    Cell encrypted(String otherLoad, String otherSuite) {
        return new Cell(name, otherLoad, connections, depth, rate, otherSuite);
    }
}

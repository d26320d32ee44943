package dev.sluice.bench.channel;

/// A channel or queue of some library. In the JVM of a side there is one kind of it, so that calls are direct.
interface Pipe {
    void send(Integer value) throws InterruptedException;

    Integer receive() throws InterruptedException;

    /// One of the few values that all sides hand over: a small one, for which no side allocates.
    static Integer value(long i) {
        return (int) (i & 127);
    }
}

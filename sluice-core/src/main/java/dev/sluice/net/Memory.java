package dev.sluice.net;

/// Connections inside of the program: the same contract without a system under it, for tests, for simulations,
/// and for parts that do not know where their peers are.
public final class Memory {
    private Memory() {}

    /// Two ends that are connected.
    ///
    /// @param near the one
    /// @param far the other
    public record Pair(Connection near, Connection far) {}

    /// A new connection. Its ends may be used on any loop, and outlive it.
    ///
    /// @param name for messages: the ends are `name.near` and `name.far`
    public static Pair pair(String name) {
        var there = new MemoryPipe();
        var back = new MemoryPipe();
        var near = new MemoryAddress(name + ".near");
        var far = new MemoryAddress(name + ".far");
        return new Pair(new MemoryConnection(back, there, near, far), new MemoryConnection(there, back, far, near));
    }
}

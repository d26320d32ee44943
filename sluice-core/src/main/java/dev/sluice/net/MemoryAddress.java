package dev.sluice.net;

/// The name of one end of a connection inside of this program.
///
/// @param name for people
public record MemoryAddress(String name) implements Address {
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

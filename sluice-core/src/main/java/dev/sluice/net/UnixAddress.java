package dev.sluice.net;

import dev.sluice.internal.linux.SocketAddresses;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// An address of a Unix socket, on this machine.
///
/// @param name a path, or `@` and an abstract name, which is in no directory and ends with its listener; empty
///     for an end that nobody named, as that of most clients
public record UnixAddress(String name) implements Address {
    static final String NETWORK = "unix";

    public UnixAddress {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > SocketAddresses.UNIX_PATH_BYTES || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("address unix:" + name + ": bytes=" + bytes + ", expected at most "
                    + SocketAddresses.UNIX_PATH_BYTES + ", and no NUL");
        }
    }

    /// The address of a path.
    public static UnixAddress of(Path path) {
        return new UnixAddress(path.toString());
    }

    /// Whether the name is in no directory.
    public boolean isAbstract() {
        return name.startsWith("@");
    }

    /// As the kernel has it: an abstract name begins with a NUL.
    byte[] bytes() {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (isAbstract()) {
            bytes[0] = 0;
        }
        return bytes;
    }

    static UnixAddress ofKernel(byte[] name) {
        String text = new String(name, StandardCharsets.UTF_8);
        return new UnixAddress(text.replace('\0', '@'));
    }

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

package dev.sluice.internal.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// The addresses of sockets, as bytes. The family is in the order of the machine, all else as on the wire.
///
/// `struct sockaddr_in` and `struct sockaddr_in6` of `netinet/in.h`
///
///     0        2      4      8      16
///     | family | port | IPv4 | zero |
///     | family | port | flow |      IPv6      | scope |
///     0        2      4      8                24 … 28
///
/// `struct sockaddr_un` of `sys/un.h`: as long as its path; an abstract name begins with a NUL
///
///     0        2 … 110
///     | family | path |
public final class SocketAddresses {
    /// The longest of them.
    static final int MAX_BYTES = 110;

    /// How many bytes a path may have; a NUL follows. An abstract name may have as many, its NUL counted apart.
    public static final int UNIX_PATH_BYTES = 107;

    private static final int PORT = 2;
    private static final int IPV4 = 4;
    private static final int IPV4_BYTES = 4;
    private static final int IPV4_TOTAL = 16;
    private static final int IPV6 = 8;
    private static final int IPV6_BYTES = 16;
    private static final int SCOPE = 24;
    private static final int IPV6_TOTAL = 28;
    private static final int PATH = 2;

    static {
        assert SCOPE == IPV6 + IPV6_BYTES && IPV6_TOTAL == SCOPE + 4 && PATH + UNIX_PATH_BYTES + 1 == MAX_BYTES;
    }

    private SocketAddresses() {}

    /// An address of IPv4 or IPv6.
    ///
    /// @param ip 4 or 16 bytes
    /// @param scope the index of the interface, for an IPv6 address of one link; else 0
    public static byte[] internet(byte[] ip, int port, int scope) {
        boolean four = ip.length == IPV4_BYTES;
        assert four || ip.length == IPV6_BYTES : "ip=" + Arrays.toString(ip);
        byte[] address = make(four ? IPV4_TOTAL : IPV6_TOTAL, four ? Socket.AF_INET : Socket.AF_INET6);
        ByteBuffer.wrap(address).putShort(PORT, (short) port).put(four ? IPV4 : IPV6, ip);
        if (!four) {
            ByteBuffer.wrap(address).order(ByteOrder.nativeOrder()).putInt(SCOPE, scope);
        }
        return address;
    }

    /// An address of a Unix socket.
    ///
    /// @param name the path, or the abstract name with its NUL in front
    public static byte[] unix(byte[] name) {
        boolean path = name.length > 0 && name[0] != 0;
        byte[] address = make(PATH + name.length + (path ? 1 : 0), Socket.AF_UNIX);
        System.arraycopy(name, 0, address, PATH, name.length);
        return address;
    }

    /// The family, or -1 of an empty address.
    public static int family(byte[] address) {
        return address.length < PORT
                ? -1
                : ByteBuffer.wrap(address).order(ByteOrder.nativeOrder()).getShort();
    }

    public static int port(byte[] address) {
        return ByteBuffer.wrap(address).getShort(PORT) & 0xFFFF;
    }

    /// The 4 or 16 bytes of an internet address.
    public static byte[] ip(byte[] address) {
        boolean four = family(address) == Socket.AF_INET;
        int start = four ? IPV4 : IPV6;
        return Arrays.copyOfRange(address, start, start + (four ? IPV4_BYTES : IPV6_BYTES));
    }

    /// The index of the interface that an IPv6 address is meant for, or 0.
    public static int scope(byte[] address) {
        return address.length < IPV6_TOTAL
                ? 0
                : ByteBuffer.wrap(address).order(ByteOrder.nativeOrder()).getInt(SCOPE);
    }

    /// The path, or the abstract name with its NUL; empty for a socket without a name.
    public static byte[] unixName(byte[] address) {
        int end = address.length;
        boolean path = end > PATH && address[PATH] != 0;
        while (path && address[end - 1] == 0) {
            end--;
        }
        return Arrays.copyOfRange(address, Math.min(PATH, end), end);
    }

    private static byte[] make(int bytes, int family) {
        byte[] address = new byte[bytes];
        ByteBuffer.wrap(address).order(ByteOrder.nativeOrder()).putShort(0, (short) family);
        return address;
    }
}

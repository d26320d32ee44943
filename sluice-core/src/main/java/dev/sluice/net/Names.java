package dev.sluice.net;

import dev.sluice.internal.linux.SocketAddresses;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.strand.Completion;
import dev.sluice.internal.strand.Strand;
import dev.sluice.net.NetException.Ends;
import dev.sluice.sync.Semaphore;
import dev.sluice.time.Clock;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Addresses of hosts, by the system's resolver.
///
/// That one blocks for as long as it likes and cannot be interrupted. So each lookup has a thread for itself,
/// which goes on behind the scenes when its caller is cancelled; there are at most 16, and others wait. What
/// has been found is kept in a [HostCache].
final class Names {
    static final InetAddress ALL_IPV4 = literal("0.0.0.0");
    static final InetAddress ALL_IPV6 = literal("::");

    /// The length of what [#kernelAddress] gives for IPv4; that for IPv6 is longer.
    static final int IPV4_ADDRESS_BYTES = 16;

    private static final HostCache KNOWN = new HostCache(Clock.system());
    private static final Semaphore LOOKUPS = new Semaphore("name lookups", 16);

    private Names() {}

    /// What a lookup has given: one of the two.
    private record Found(
            List<InetAddress> addresses, @Nullable UnknownHostException failure) {}

    /// The addresses of a host, in the order of the system's preference; of an empty one those of this machine.
    ///
    /// @param ends for the message
    static List<InetAddress> lookUp(String host, Ends ends) throws NetException {
        try {
            return List.of(InetAddress.ofLiteral(host));
        } catch (IllegalArgumentException name) {
            if (host.indexOf(':') >= 0) {
                throw new NetException("lookup", ends, null, name.getMessage() + ", expected a name or an address");
            }
        }
        Found found = find(host);
        UnknownHostException failure = found.failure;
        if (failure != null) {
            var told = NetException.of("lookup", ends, "the system knows no address of host=" + host);
            told.initCause(failure);
            throw told;
        }
        return found.addresses;
    }

    private static Found find(String host) {
        EventLoop loop = Strand.current().loop();
        if (loop == null || loop.simulated()) {
            return ask(host);
        }
        List<InetAddress> known = KNOWN.get(host);
        if (known != null) {
            return new Found(known, null);
        }
        LOOKUPS.acquire();
        var answer = new Completion<Found>();
        Thread.ofPlatform().daemon().name("sluice-lookup " + host).start(() -> {
            Found found = ask(host);
            if (found.failure == null) {
                KNOWN.put(host, found.addresses);
            }
            LOOKUPS.release();
            answer.complete(found);
        });
        return answer.await("lookup of " + host);
    }

    private static Found ask(String host) {
        try {
            return new Found(List.of(InetAddress.getAllByName(host)), null);
        } catch (UnknownHostException failure) {
            return new Found(List.of(), failure);
        }
    }

    /// As a socket of IPv6 wants it that is for IPv4, too: such an address is mapped (RFC 4291, 2.5.5.2).
    static byte[] mappedAddress(InetAddress ip, int port) {
        byte[] bytes = ip.getAddress();
        if (ip instanceof Inet6Address) {
            return kernelAddress(ip, port);
        }
        byte[] mapped = new byte[16];
        mapped[10] = -1;
        mapped[11] = -1;
        System.arraycopy(bytes, 0, mapped, 12, bytes.length);
        return SocketAddresses.internet(mapped, port, 0);
    }

    /// As the kernel wants it.
    static byte[] kernelAddress(InetAddress ip, int port) {
        int scope = ip instanceof Inet6Address six ? six.getScopeId() : 0;
        return SocketAddresses.internet(ip.getAddress(), port, scope);
    }

    /// From what the kernel says.
    static TcpAddress address(byte[] kernelAddress) {
        try {
            InetAddress ip = InetAddress.getByAddress(SocketAddresses.ip(kernelAddress));
            int scope = ip instanceof Inet6Address ? SocketAddresses.scope(kernelAddress) : 0;
            return new TcpAddress(text(ip) + (scope == 0 ? "" : "%" + scope), SocketAddresses.port(kernelAddress));
        } catch (UnknownHostException impossible) {
            throw new AssertionError(impossible); // an address of 4 or 16 bytes
        }
    }

    /// The address in short: `::1`, not `0:0:0:0:0:0:0:1` (RFC 5952).
    static String text(InetAddress ip) {
        String whole = ip.getHostAddress();
        if (!(ip instanceof Inet6Address)) {
            return whole;
        }
        int percent = whole.indexOf('%');
        String scope = percent < 0 ? "" : whole.substring(percent);
        String[] groups = (percent < 0 ? whole : whole.substring(0, percent)).split(":");
        int start = -1;
        int length = 1; // a single zero is not left out
        for (int i = 0; i < groups.length; i++) {
            int zeros = i;
            while (zeros < groups.length && groups[zeros].equals("0")) {
                zeros++;
            }
            if (zeros - i > length) {
                start = i;
                length = zeros - i;
            }
        }
        List<String> all = List.of(groups);
        if (start < 0) {
            return String.join(":", all) + scope;
        }
        return String.join(":", all.subList(0, start)) + "::"
                + String.join(":", all.subList(start + length, groups.length)) + scope;
    }

    private static InetAddress literal(String text) {
        return InetAddress.ofLiteral(text);
    }
}

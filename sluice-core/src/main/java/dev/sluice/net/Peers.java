package dev.sluice.net;

import dev.sluice.internal.linux.Socket;
import dev.sluice.internal.linux.SocketAddresses;
import dev.sluice.net.NetException.Ends;
import java.net.InetAddress;
import java.util.Arrays;

/// The addresses of a socket's peers, as ours and as the kernel's; remembers the last, which mostly comes
/// again.
///
/// Threads: any; a pair is one object.
final class Peers {
    /// The kernel's of a connected socket: none.
    static final byte[] CONNECTED = {};

    /// A pair.
    private static final class Known {
        final Address address;
        final byte[] place;

        Known(Address address, byte[] place) {
            this.address = address;
            this.place = place;
        }
    }

    private final Address local;
    private final boolean mapped;
    private volatile Known last; // any thread; a hint that pairs with itself

    /// @param mapped whether the socket is one of IPv6 that is for IPv4, too
    Peers(Address local, boolean mapped) {
        this.local = local;
        this.mapped = mapped;
        this.last = new Known(local, CONNECTED);
    }

    /// Ours.
    Address address(byte[] place) {
        Known known = last;
        if (!Arrays.equals(known.place, place)) {
            known = new Known(ours(place), place);
            last = known;
        }
        return known.address;
    }

    private Address ours(byte[] place) {
        return switch (SocketAddresses.family(place)) {
            case Socket.AF_INET, Socket.AF_INET6 -> udp(place);
            default -> UnixAddress.ofKernel(SocketAddresses.unixName(place));
        };
    }

    static Udp.End udp(byte[] place) {
        TcpAddress same = Names.address(place);
        return new Udp.End(same.host(), same.port());
    }

    /// The kernel's. A name is looked up.
    byte[] place(Address peer) throws NetException {
        Known known = last;
        if (known.place.length == 0 || !known.address.equals(peer)) {
            known = new Known(peer, kernels(peer));
            last = known;
        }
        return known.place;
    }

    private byte[] kernels(Address peer) throws NetException {
        if (local instanceof Udp.End && peer instanceof Udp.End to) {
            InetAddress ip = Names.lookUp(to.host(), new Ends(local, peer)).getFirst();
            return mapped ? Names.mappedAddress(ip, to.port()) : Names.kernelAddress(ip, to.port());
        }
        if (local instanceof UnixAddress && peer instanceof UnixAddress to) {
            return SocketAddresses.unix(to.bytes());
        }
        throw new IllegalArgumentException(
                "send " + local + ": peer=" + peer + ", expected an address of the network " + local.network());
    }
}

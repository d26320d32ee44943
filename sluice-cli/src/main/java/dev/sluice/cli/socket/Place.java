package dev.sluice.cli.socket;

import dev.sluice.net.Address;
import dev.sluice.net.TcpAddress;
import dev.sluice.net.Udp;
import java.util.ArrayList;
import java.util.List;

/// Where an address of the command line leads, and what it says of the layers.
///
/// @param transport where to connect or to listen
/// @param top the words of layers that stand above those that were asked for
record Place(Address transport, List<String> top) {
    /// All words of layers, from the bottom to the top.
    List<String> layers(List<String> asked) {
        var all = new ArrayList<>(asked);
        all.addAll(top);
        return all;
    }

    /// The host that it names, for the certificate of its server.
    String host() {
        return transport instanceof TcpAddress tcp ? tcp.host() : "localhost";
    }

    /// The host with its port, as requests name it.
    String authority() {
        return transport instanceof TcpAddress tcp ? tcp.place() : "localhost";
    }

    /// Whether it is one of datagrams.
    boolean isUdp() {
        return transport instanceof Udp.End;
    }

    @Override
    public String toString() {
        return transport.toString();
    }
}

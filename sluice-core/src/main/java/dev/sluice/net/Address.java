package dev.sluice.net;

/// Where a connection or a datagram goes, or a listener listens: a value that is parsed and printed.
///
/// | text | is |
/// |---|---|
/// | `tcp:127.0.0.1:80`, `tcp:[::1]:80`, `tcp:host:80` | [TcpAddress] |
/// | `tcp::80` | all addresses of this machine, to listen |
/// | `unix:/path/of/socket`, `unix:@abstract` | [UnixAddress] |
/// | `udp:127.0.0.1:53`, `udp:host:53`, `udp::53` | [Udp.End], likewise |
/// | `memory:name` | [Memory.End] |
/// | `pipe:name` | [Connection.Pipe] |
/// | `stream:3@tcp:127.0.0.1:80` | [StreamAddress] |
public sealed interface Address permits TcpAddress, Udp.End, UnixAddress, Memory.End, Connection.Pipe, StreamAddress {
    /// The first part of the text: `tcp`, `udp`, `unix`, `memory`, `pipe` or `stream`.
    String network();

    /// The text behind the first colon.
    String place();

    /// Reads what [Object#toString] of an address prints.
    ///
    /// @throws IllegalArgumentException if the text is none
    static Address parse(String text) {
        int colon = text.indexOf(':');
        String network = colon < 0 ? text : text.substring(0, colon);
        String place = text.substring(colon + 1);
        return switch (network) {
            case TcpAddress.NETWORK -> TcpAddress.parse(place);
            case UnixAddress.NETWORK -> new UnixAddress(place);
            case Udp.End.NETWORK -> Udp.End.parse(place);
            case Memory.End.NETWORK -> new Memory.End(place);
            case Connection.Pipe.NETWORK -> new Connection.Pipe(place);
            case StreamAddress.NETWORK -> StreamAddress.parse(place);
            default ->
                throw new IllegalArgumentException("parse address " + text + ": network=" + network
                        + ", expected tcp, udp, unix, memory, pipe or stream");
        };
    }
}

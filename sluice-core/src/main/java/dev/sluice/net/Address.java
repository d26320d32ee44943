package dev.sluice.net;

/// Where a connection goes, or a listener listens: a value that is parsed and printed.
///
/// | text | is |
/// |---|---|
/// | `tcp:127.0.0.1:80`, `tcp:[::1]:80`, `tcp:host:80` | [TcpAddress] |
/// | `tcp::80` | all addresses of this machine, to listen |
/// | `unix:/path/of/socket`, `unix:@abstract` | [UnixAddress] |
/// | `memory:name` | [MemoryAddress] |
/// | `stream:3@tcp:127.0.0.1:80` | [StreamAddress] |
public sealed interface Address permits TcpAddress, UnixAddress, MemoryAddress, StreamAddress {
    /// The first part of the text: `tcp`, `unix`, `memory` or `stream`.
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
            case MemoryAddress.NETWORK -> new MemoryAddress(place);
            case StreamAddress.NETWORK -> StreamAddress.parse(place);
            default ->
                throw new IllegalArgumentException(
                        "parse address " + text + ": network=" + network + ", expected tcp, unix, memory or stream");
        };
    }
}

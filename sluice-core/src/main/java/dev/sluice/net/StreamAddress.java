package dev.sluice.net;

/// The address of one end of a stream that shares a connection with others.
///
/// @param id the number of the stream, from 1 on
/// @param carrier the address of that end of the connection
public record StreamAddress(long id, Address carrier) implements Address {
    static final String NETWORK = "stream";

    public StreamAddress {
        if (id < 1) {
            throw new IllegalArgumentException("stream of " + carrier + ": id=" + id + ", expected 1 or more");
        }
    }

    static StreamAddress parse(String place) {
        int at = place.indexOf('@');
        try {
            return new StreamAddress(
                    Long.parseLong(place.substring(0, Math.max(0, at))), Address.parse(place.substring(at + 1)));
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException(
                    "parse address " + NETWORK + ":" + place + ": expected stream:NUMBER@ADDRESS", notANumber);
        }
    }

    @Override
    public String network() {
        return NETWORK;
    }

    @Override
    public String place() {
        return id + "@" + carrier;
    }

    @Override
    public String toString() {
        return NETWORK + ":" + place();
    }
}

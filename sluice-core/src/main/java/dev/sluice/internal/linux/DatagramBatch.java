package dev.sluice.internal.linux;

/// Places for several datagrams that are received or sent together.
///
/// Threads: one at a time.
public interface DatagramBatch {
    /// How many datagrams there is room for.
    int PLACES = 16;

    /// The most bytes that a datagram of UDP has, and one more: so a longer one of a Unix socket shows.
    int BYTES = 1 << 16;

    /// Receives those that are there, into the first places; does not wait.
    ///
    /// @param most how many, up to [#PLACES]
    /// @return how many, or the negated `errno`
    int receive(int fd, int most);

    /// Sends what has been [#put] into the first places; does not wait.
    ///
    /// @return how many have gone, at least 1, or the negated `errno`
    int send(int fd, int count);

    /// Fills a place.
    ///
    /// @param address as of [SocketAddresses]; empty for a connected socket
    /// @param bytes at most [#BYTES]
    void put(int place, byte[] address, byte[] bytes);

    /// What a place has received.
    byte[] bytes(int place);

    /// Whether more had come than there is room for.
    boolean isTruncated(int place);

    /// Where it came from, as of [SocketAddresses]; empty if from nobody with a name.
    byte[] address(int place);

    /// Gives the memory back. The last call.
    void free();
}

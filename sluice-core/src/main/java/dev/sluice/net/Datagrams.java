package dev.sluice.net;

import dev.sluice.cancel.CancelledException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// A socket for messages that travel each by itself: they keep their bounds, may be lost, and over a network
/// may come twice or out of order.
///
/// *A cancelled operation loses nothing and closes nothing.* A datagram is taken from the system only for a
/// receiver that goes on with it.
///
/// Errors are [NetException], and the socket stays usable. One that is connected by UDP learns from `send` or
/// `receive` that nobody is at the other end (`ECONNREFUSED`), some time after.
///
/// Threads: any coroutine, several at the same time, and any thread that may block; those of its own loop are
/// served faster.
public interface Datagrams extends AutoCloseable {
    /// A message, with the address at its other end.
    final class Datagram {
        private final Address peer;
        private final byte[] bytes;
        private final boolean truncated;

        Datagram(Address peer, byte[] bytes, boolean truncated) {
            this.peer = peer;
            this.bytes = bytes;
            this.truncated = truncated;
        }

        /// A message to be sent.
        ///
        /// @param bytes are not copied: they stay as they are until it is sent
        public static Datagram to(Address peer, byte[] bytes) {
            return new Datagram(peer, bytes, false);
        }

        /// A message to be sent, of the text in UTF-8.
        public static Datagram to(Address peer, String text) {
            return to(peer, text.getBytes(StandardCharsets.UTF_8));
        }

        /// Where it comes from, or goes to.
        public Address peer() {
            return peer;
        }

        /// What it says; not a copy.
        public byte[] bytes() {
            return bytes;
        }

        /// What it says, as UTF-8.
        public String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        /// Whether it was longer than 65 536 bytes, and the rest is lost. Only Unix sockets have such.
        public boolean isTruncated() {
            return truncated;
        }

        @Override
        public String toString() {
            return bytes.length + " bytes, " + peer + (truncated ? ", truncated" : "");
        }
    }

    /// What has gone through so far.
    ///
    /// @param received datagrams taken by receivers
    /// @param sent datagrams taken by the system
    /// @param bytesReceived in them
    /// @param bytesSent in them
    record Statistics(long received, long sent, long bytesReceived, long bytesSent) {}

    /// Waits for a datagram.
    ///
    /// @throws CancelledException if the caller is cancelled; none has been taken then
    default Datagram receive() throws IOException {
        return receive(1).getFirst();
    }

    /// Waits for datagrams, and takes those that are there: with one system call for up to 16.
    ///
    /// @param most how many to take, at least 1
    /// @return at least one, in the order in which they came
    List<Datagram> receive(int most) throws IOException;

    /// Sends datagrams, in their order, each to its peer; waits while the system has no room. If it fails or is
    /// cancelled between two of them, those before have gone.
    ///
    /// @throws NetException `EMSGSIZE` if one is too long: UDP takes 65 507 bytes over IPv4
    void send(Datagram... datagrams) throws IOException;

    /// The address of this end.
    Address local();

    /// The address that it is connected to: it sends there only, and receives from there only.
    Optional<Address> remote();

    /// What has gone through so far.
    Statistics statistics();

    /// Ends it. Those that wait for datagrams get [NetException]; what was sent is on its way. Closing twice is
    /// no error.
    @Override
    void close() throws IOException;
}

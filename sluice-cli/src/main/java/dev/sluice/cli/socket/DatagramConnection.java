package dev.sluice.cli.socket;

import dev.sluice.Sluice;
import dev.sluice.net.Address;
import dev.sluice.net.Connection;
import dev.sluice.task.Deadline;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/// Datagrams to and from one peer, as a stream of bytes: what is written goes out in datagrams of at most
/// [#LARGEST] bytes, and each that comes is read as it is.
///
/// Datagrams have no end. So this has one when neither side has said something for a while: for a server from
/// the beginning on, for a client as soon as it has said all.
///
/// Threads: one reader and one writer, as [Connection].
final class DatagramConnection implements Connection, Carrier {
    /// What networks carry in one piece.
    static final int LARGEST = 1_400;

    /// A socket, as far as it concerns one peer.
    interface Socket {
        byte[] receive() throws IOException;

        void send(byte[] datagram) throws IOException;

        void close() throws IOException;

        Address local();
    }

    private final Socket socket;
    private final Address peer;
    private final Duration idle;

    // The reader only.
    private ByteBuffer datagram = ByteBuffer.allocate(0); // what was not read of it

    // The reader and the writer.
    private final AtomicLong lastNanos = new AtomicLong(Sluice.clock().nanoTime()); // when one of them did something
    private final AtomicBoolean ends; // whether silence is an end by now
    private final AtomicLong bytesRead = new AtomicLong();
    private final AtomicLong bytesWritten = new AtomicLong();

    private DatagramConnection(Socket socket, Address peer, Duration idle, boolean ends) {
        this.socket = socket;
        this.peer = peer;
        this.idle = idle;
        this.ends = new AtomicBoolean(ends);
    }

    /// A server's: it ends when nobody has said anything for so long.
    static DatagramConnection server(Socket socket, Address peer, Duration idle) {
        return new DatagramConnection(socket, peer, idle, true);
    }

    /// A client's: it ends when it has said all, and nobody has said anything for so long.
    static DatagramConnection client(Socket socket, Address peer, Duration idle) {
        return new DatagramConnection(socket, peer, idle, false);
    }

    @Override
    public Optional<byte[]> receive() throws IOException {
        var came = new byte[1][];
        while (!Deadline.after(patience()).tryRun(() -> came[0] = socket.receive())) {
            if (ends.get() && silence().compareTo(idle) >= 0) {
                return Optional.empty();
            }
        }
        happened();
        bytesRead.addAndGet(came[0].length);
        return Optional.of(came[0]);
    }

    /// Until it may be the end at the earliest.
    private Duration patience() {
        return ends.get() ? idle.minus(silence()) : idle;
    }

    private Duration silence() {
        return Duration.ofNanos(Sluice.clock().nanoTime() - lastNanos.get());
    }

    private void happened() {
        lastNanos.set(Sluice.clock().nanoTime());
    }

    @Override
    public void send(byte[] message) throws IOException {
        socket.send(message);
        happened();
        bytesWritten.addAndGet(message.length);
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        while (!datagram.hasRemaining()) { // it may be empty
            Optional<byte[]> next = receive();
            if (next.isEmpty()) {
                return -1;
            }
            datagram = ByteBuffer.wrap(next.get());
        }
        int count = Math.min(into.remaining(), datagram.remaining());
        into.put(datagram.slice(datagram.position(), count));
        datagram.position(datagram.position() + count);
        return count;
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        while (from.hasRemaining()) {
            byte[] piece = new byte[Math.min(from.remaining(), LARGEST)];
            from.get(from.position(), piece);
            send(piece);
            from.position(from.position() + piece.length);
        }
    }

    @Override
    public void closeOutput() {
        happened();
        ends.set(true);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    @Override
    public void abort() {
        try {
            socket.close();
        } catch (IOException failed) {
            System.getLogger("dev.sluice").log(System.Logger.Level.DEBUG, "close " + this, failed);
        }
    }

    @Override
    public Address local() {
        return socket.local();
    }

    @Override
    public Address remote() {
        return peer;
    }

    @Override
    public Statistics statistics() {
        return new Statistics(bytesRead.get(), bytesWritten.get(), 0);
    }

    @Override
    public String toString() {
        return "udp " + local().place() + "->" + remote().place();
    }
}

package dev.sluice.layer;

import dev.sluice.loop.Loop;
import dev.sluice.net.Connection;
import dev.sluice.time.Clock;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A file of what passes connections at chosen layers, in pcapng, the format of Wireshark.
///
/// ```java
/// try (Capture capture = Capture.create(Path.of("orders.pcapng"))) {
///     var orders = Stack.over(connection).deflate().layer(capture.at("plain")).frames().cbor(Order.class);
/// ```
///
/// Each `at` is an interface of the file, so layers can be told apart; each connection is a TCP stream with
/// numbers of its own, made up so that "Follow TCP stream" works: above a layer there are no segments. The
/// first packet has a comment that names both ends. Only the first `at` shows them, if they are addresses of
/// IPv4; in the others, so that these are streams of their own, they are 10.1.0.1 and 10.1.0.2, and so on.
///
/// A packet is written to the file at once, by the coroutine that reads or writes the connection: a capture is
/// for looking, not for speed. If the file cannot be written, or has reached its limit, the connections go on
/// without it; the close tells the failure.
///
/// Threads: any number of connections, on any loops.
public final class Capture implements AutoCloseable {
    private static final long DEFAULT_LIMIT = 1L << 30;
    private static final int APPLICATION = 7;

    /// What a capture has done so far.
    ///
    /// @param connections captured
    /// @param packets written
    /// @param bytes in the file
    /// @param missed packets that were not written, because of the limit or a failure
    public record Statistics(int connections, long packets, long bytes, long missed) {}

    private final Path path;
    private final long limit;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock(); // held without suspending but for the file

    // Guarded by lock.
    private final OutputStream file;
    private final PcapNg blocks = new PcapNg();
    private boolean closed;
    private @Nullable IOException failure;
    private int interfaces;
    private int connections;
    private long packets;
    private long bytes;
    private long missed;

    private Capture(Path path, long limit) throws IOException {
        this.path = path;
        this.limit = limit;
        this.clock = Loop.current().clock();
        // Not a channel: a cancelled coroutine is interrupted, which would close it.
        this.file = new FileOutputStream(path.toFile());
    }

    /// Begins a file, or empties it, of at most 1 GiB. The caller is a coroutine, whose clock is used.
    public static Capture create(Path path) throws IOException {
        return create(path, DEFAULT_LIMIT);
    }

    /// Begins a file, or empties it.
    ///
    /// @param limit how many bytes it may have, at least 1024
    public static Capture create(Path path, long limit) throws IOException {
        if (limit < 1024) {
            throw new IllegalArgumentException("capture " + path + ": limit=" + limit + ", expected 1024 or more");
        }
        var capture = new Capture(path, limit);
        capture.write(capture.blocks.section());
        return capture;
    }

    /// A layer that changes nothing, and captures what passes at its place in a stack.
    ///
    /// @param name of the interface in the file, such as that of the layer below
    public Layer at(String name) {
        lock.lock();
        try {
            int number = interfaces++;
            write(blocks.networkInterface(name));
            return Layer.of("capture " + name, APPLICATION, lower -> connect(lower, number));
        } finally {
            lock.unlock();
        }
    }

    private Connection connect(Connection lower, int number) {
        int port;
        lock.lock();
        try {
            port = ++connections & 0xffff;
        } finally {
            lock.unlock();
        }
        return new CapturedConnection(lower, this, new TcpStream(lower, number, port));
    }

    /// Writes a packet of a stream.
    ///
    /// @param outgoing whether this end has sent it
    void packet(TcpStream stream, boolean outgoing, int flags, ByteBuffer payload) {
        Instant now = clock.now();
        lock.lock();
        try {
            ByteBuffer segment = stream.segment(outgoing, flags, payload);
            if (write(blocks.packet(stream.networkInterface(), now, segment, stream.takeComment()))) {
                packets++;
            } else {
                missed++;
            }
        } finally {
            lock.unlock();
        }
    }

    /// Under lock, or before anybody else has the capture.
    private boolean write(ByteBuffer block) {
        if (closed || failure != null || bytes + block.remaining() > limit) {
            return false;
        }
        try {
            file.write(block.array(), block.arrayOffset() + block.position(), block.remaining());
            bytes += block.remaining();
            return true;
        } catch (IOException broken) {
            failure = broken;
            return false;
        }
    }

    /// What it has done so far.
    public Statistics statistics() {
        lock.lock();
        try {
            return new Statistics(connections, packets, bytes, missed);
        } finally {
            lock.unlock();
        }
    }

    /// Ends the file; the connections go on without it. Closing twice is no error.
    ///
    /// @throws IOException if the file could not be written at some time
    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            file.close();
            if (failure != null) {
                throw new IOException(
                        "capture " + path + ": packets=" + packets + " written, then " + failure.getMessage(), failure);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return "capture " + path;
    }
}

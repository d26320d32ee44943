package dev.sluice.internal.space;

import dev.sluice.channel.Received;
import dev.sluice.internal.io.Room;
import dev.sluice.internal.io.Turn;
import dev.sluice.io.StreamBusyException;
import dev.sluice.net.Address;
import dev.sluice.net.Connection;
import dev.sluice.net.NetException;
import dev.sluice.space.SpaceException;
import java.nio.ByteBuffer;

/// A pipe of a space as a stream of bytes: what is written goes as messages of raw bytes, as large as fit, and
/// what is read is cut out of them. It ends as the pipe does, so a peer that dies has reset it.
///
/// What was written is in the pipe, where the peer finds it also when this process has ended; so nothing is
/// pending, and a close has nothing to wait for.
///
/// Invariant: `rest` is of the message that was taken last; who is inside of `reading` has it.
///
/// Threads: see [Connection].
public final class PipeConnection implements Connection {
    /// A message has up to so many bytes: a reader that is behind a large one gets its first part soon.
    private static final int PIECE = 1 << 16;

    private final dev.sluice.space.Pipe<byte[]> pipe; // not to be mixed up with the address of that name
    private final int piece;
    private final Address local;
    private final Address remote;
    private final Turn reading = new Turn();
    private final Turn writing = new Turn();

    private ByteBuffer rest = ByteBuffer.allocate(0); // the reader's
    private volatile long read; // by the reader; pairs with the read in statistics
    private volatile long written; // by the writer; likewise
    private volatile boolean unread; // what the reader has left in rest; pairs with the read in close
    private volatile boolean closed; // set by any thread; pairs with the reads in enter and failure

    /// @param pipe the end that it is, its own from now on
    /// @param options what the pipe was made with
    /// @param place the name of the pipe, with that of its space
    /// @param end 0 for who was first to open it, 1 for the other one
    public PipeConnection(
            dev.sluice.space.Pipe<byte[]> pipe, dev.sluice.space.Pipe.Options options, String place, int end) {
        this.pipe = pipe;
        this.piece = Math.min(PIECE, options.largestMessage());
        var first = new Pipe(place + "#1");
        var second = new Pipe(place + "#2");
        this.local = end == 0 ? first : second;
        this.remote = end == 0 ? second : first;
    }

    // ---- reading

    @Override
    public int read(ByteBuffer into) throws NetException {
        enter(reading, "read");
        try {
            return Room.in(into, this) ? readSome(into) : 0;
        } catch (SpaceException failed) {
            throw failure("read", failed);
        } finally {
            unread = rest.hasRemaining();
            reading.leave();
        }
    }

    /// @return -1 at the end
    private int readSome(ByteBuffer into) throws NetException {
        int count = take(into);
        while (count == 0) { // messages may be empty
            switch (pipe.receiveOrEnd()) {
                case Received.Value<byte[]>(byte[] message) -> {
                    rest = ByteBuffer.wrap(message);
                    count = take(into);
                }
                case Received.Failed<byte[]> dead -> throw NetException.reset("read", this);
                case Received.Done<byte[]>(), Received.Empty<byte[]>() -> {
                    return -1;
                }
            }
        }
        while (into.hasRemaining() && pipe.tryReceive() instanceof Received.Value<byte[]>(byte[] message)) {
            rest = ByteBuffer.wrap(message);
            count += take(into);
        }
        long before = read;
        read = before + count;
        return count;
    }

    private int take(ByteBuffer into) {
        int count = Math.min(rest.remaining(), into.remaining());
        into.put(rest.slice(rest.position(), count));
        rest.position(rest.position() + count);
        return count;
    }

    // ---- writing

    @Override
    public void write(ByteBuffer from) throws NetException {
        enter(writing, "write");
        try {
            while (from.hasRemaining()) {
                byte[] message = new byte[Math.min(from.remaining(), piece)];
                from.get(from.position(), message);
                pipe.send(message);
                from.position(from.position() + message.length); // if it is cancelled, the message was not sent
                long before = written;
                written = before + message.length;
            }
        } catch (SpaceException failed) {
            throw failure("write", failed);
        } finally {
            writing.leave();
        }
    }

    @Override
    public void closeOutput() throws NetException {
        enter(writing, "close");
        try {
            pipe.finish();
        } catch (SpaceException failed) {
            throw failure("close", failed);
        } finally {
            writing.leave();
        }
    }

    // ---- the end

    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (unread || hasMessage()) {
            abort(); // as TCP tells its peer that something was not read
        } else {
            closed = true;
            pipe.close();
        }
    }

    private boolean hasMessage() {
        try {
            return pipe.tryReceive() instanceof Received.Value<byte[]>;
        } catch (SpaceException closedOrDamaged) {
            return false; // there is nothing that anybody could have read
        }
    }

    @Override
    public void abort() {
        closed = true;
        pipe.abort();
    }

    private void enter(Turn turn, String operation) throws NetException {
        turn.enter(operation, this, StreamBusyException::new);
        if (closed) {
            turn.leave();
            throw NetException.closed(operation, this);
        }
    }

    private NetException failure(String operation, SpaceException failed) {
        NetException failure = switch (failed.problem()) {
            case CLOSED -> NetException.closed(operation, this);
            case PEER_GONE -> NetException.reset(operation, this);
            case FINISHED -> NetException.of(operation, this, "the output has ended");
            default -> NetException.of(operation, this, failed.problem() + ": " + failed.getMessage());
        };
        failure.initCause(failed);
        return failure;
    }

    @Override
    public Address local() {
        return local;
    }

    @Override
    public Address remote() {
        return remote;
    }

    @Override
    public Statistics statistics() {
        return new Statistics(read, written, 0);
    }

    @Override
    public String toString() {
        return local.network() + " " + local.place() + "->" + remote.place();
    }
}

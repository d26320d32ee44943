package dev.sluice.net;

import dev.sluice.internal.io.Errand;
import dev.sluice.internal.io.SuspendedOperation;
import dev.sluice.internal.linux.DatagramBatch;
import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.Socket;
import dev.sluice.internal.linux.SocketAddresses;
import dev.sluice.internal.poll.Operation;
import dev.sluice.internal.poll.SocketCalls;
import dev.sluice.internal.strand.Completion;
import dev.sluice.internal.strand.Sleep;
import dev.sluice.internal.strand.Strand;
import dev.sluice.net.NetException.Ends;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Datagrams on a socket of the system: tried at once, and again when the poller says that the socket is ready.
/// So nothing is taken from the system for a receiver that has been cancelled.
///
/// Threads: see [Datagrams]; what belongs to the loop thread says so.
final class DatagramSocket extends KernelSocket implements Datagrams {
    private static final long FIRST_PAUSE_NANOS = 50_000;
    private static final long LONGEST_PAUSE_NANOS = 20_000_000;

    /// How many calls in a row may go without a suspension, before others get their turn.
    private static final int AT_ONCE = 16;

    private final Address local;
    private final @Nullable Address remote;
    private final Ends ends;
    private final Peers peers;
    private final Runnable whenClosed;
    final List<Ready> waits = new ArrayList<>(2); // in flight; loop thread only
    private volatile boolean closed; // set by any thread; pairs with the reads in receive, send and close

    // Loop thread only; read by anybody for statistics.
    private long received;
    private long sent;
    private long bytesReceived;
    private long bytesSent;
    private int atOnce;

    /// @param remote if it is connected
    /// @param whenClosed what is left to do when it is closed
    DatagramSocket(NetLoop net, int fd, Address local, @Nullable Address remote, Runnable whenClosed) {
        super(net, fd);
        this.local = local;
        this.remote = remote;
        this.ends = new Ends(local, remote);
        this.peers = new Peers(local, isMapped(net, fd, local));
        this.whenClosed = whenClosed;
    }

    private static boolean isMapped(NetLoop net, int fd, Address local) {
        return local instanceof Udp.End udp
                && udp.host().isEmpty()
                && SocketAddresses.family(net.sockets().name(fd)) == Socket.AF_INET6;
    }

    @Override
    public List<Datagram> receive(int most) throws NetException {
        if (most < 1) {
            throw new IllegalArgumentException("receive " + this + ": most=" + most + ", expected 1 or more");
        }
        int count = Math.min(most, DatagramBatch.PLACES);
        List<Datagram> all = new ArrayList<>(count);
        while (true) {
            enter("receive");
            int result = onLoop("receive", () -> receiveNow(all, count));
            if (result > 0) {
                return all;
            }
            if (result == -Errno.EAGAIN) {
                result = new Ready(this, Operation.Kind.READABLE).perform(this);
            }
            if (result < 0) {
                throw failure("receive", result);
            }
        }
    }

    /// Loop thread only.
    private int receiveNow(List<Datagram> into, int most) {
        if (isClosing()) {
            return CLOSED;
        }
        DatagramBatch batch = net.messages();
        int count;
        do {
            count = batch.receive(fd, most);
        } while (count == -Errno.EINTR);
        for (int i = 0; i < count; i++) {
            byte[] bytes = batch.bytes(i);
            byte[] from = batch.address(i);
            Address peer = remote != null && from.length == 0 ? remote : peers.address(from);
            into.add(new Datagram(peer, bytes, batch.isTruncated(i)));
            received++;
            bytesReceived += bytes.length;
        }
        return count;
    }

    @Override
    public void send(Datagram... datagrams) throws NetException {
        long pause = FIRST_PAUSE_NANOS;
        byte[][] places = new byte[datagrams.length][];
        for (int i = 0; i < places.length; i++) {
            places[i] = place(datagrams[i]);
        }
        for (int first = 0; first < datagrams.length; ) {
            enter("send");
            int from = first;
            int result = onLoop("send", () -> sendNow(datagrams, places, from));
            if (result == -Errno.EAGAIN && local instanceof UnixAddress && remote == null) {
                Sleep.nanos(pause, "the queue of " + datagrams[first].peer()); // nothing tells when it has room
                pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
            } else if (result == -Errno.EAGAIN) {
                result = new Ready(this, Operation.Kind.WRITABLE).perform(this);
                if (result < 0) {
                    throw failure("send", result);
                }
            } else if (result < 0) {
                throw failure("send", result, new Ends(local, datagrams[first].peer()));
            } else {
                first += result;
                pause = FIRST_PAUSE_NANOS;
            }
        }
    }

    private byte[] place(Datagram datagram) throws NetException {
        if (remote == null) {
            return peers.place(datagram.peer());
        }
        if (!remote.equals(datagram.peer())) {
            throw new IllegalArgumentException(
                    "send " + this + ": peer=" + datagram.peer() + ", expected the one that it is connected to");
        }
        return Peers.CONNECTED;
    }

    /// Loop thread only.
    private int sendNow(Datagram[] datagrams, byte[][] places, int first) {
        if (isClosing()) {
            return CLOSED;
        }
        DatagramBatch batch = net.messages();
        int count = Math.min(datagrams.length - first, DatagramBatch.PLACES);
        for (int i = 0; i < count; i++) {
            byte[] bytes = datagrams[first + i].bytes();
            if (bytes.length > DatagramBatch.BYTES) {
                if (i == 0) {
                    return -Errno.EMSGSIZE;
                }
                count = i; // its turn comes when those before have gone
                break;
            }
            batch.put(i, places[first + i], bytes);
        }
        int result;
        do {
            result = batch.send(fd, count);
        } while (result == -Errno.EINTR);
        for (int i = 0; i < result; i++) {
            sent++;
            bytesSent += datagrams[first + i].bytes().length;
        }
        return result;
    }

    /// An operation may begin; others get their turn when there is always something to do.
    private void enter(String operation) throws NetException {
        Strand self = Strand.current();
        self.checkpoint();
        if (closed) {
            throw failure(operation, CLOSED);
        }
        if (calls.loop().onLoop() && ++atOnce >= AT_ONCE) {
            atOnce = 0;
            Sleep.pass(self);
        }
    }

    private int onLoop(String operation, Errand.Step step) {
        return calls.loop().onLoop() ? step.run() : Errand.perform(calls, operation, step);
    }

    /// Sets an option, say. Any coroutine.
    ///
    /// @param step is given what a system call needs
    void configure(String operation, Configuration step) throws NetException {
        int result = onLoop(operation, () -> isClosing() ? CLOSED : step.run(net.sockets(), fd));
        if (result < 0) {
            throw failure(operation, result);
        }
    }

    /// A system call that does not wait.
    interface Configuration {
        int run(SocketCalls sockets, int fd);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        whenClosed.run();
        var done = new Completion<Integer>();
        if (calls.execute(() -> startClose(done))) {
            done.awaitUncancellable("close of " + this);
        }
    }

    @Override
    void cancelAll() {
        List.copyOf(waits).forEach(Ready::cancel);
    }

    private NetException failure(String operation, int result) {
        return failure(operation, result, ends);
    }

    private NetException failure(String operation, int result, Ends between) {
        return switch (result) {
            case CLOSED -> NetException.of(operation, between, "the socket is closed");
            case SuspendedOperation.LOOP_ENDED -> NetException.of(operation, between, "its loop has ended");
            case -Errno.ECANCELED ->
                NetException.of(operation, between, closed ? "the socket was closed meanwhile" : "its loop has ended");
            default -> NetException.of(operation, between, result);
        };
    }

    @Override
    public Address local() {
        return local;
    }

    @Override
    public Optional<Address> remote() {
        return Optional.ofNullable(remote);
    }

    @Override
    public Statistics statistics() {
        return new Statistics(received, sent, bytesReceived, bytesSent);
    }

    @Override
    public String toString() {
        return ends.toString();
    }
}

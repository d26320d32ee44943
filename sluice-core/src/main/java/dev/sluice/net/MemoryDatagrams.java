package dev.sluice.net;

import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelClosedException;
import dev.sluice.channel.Received;
import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.strand.Strand;
import dev.sluice.net.NetException.Ends;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Datagrams inside of the program: a bounded channel for each socket. Nothing is lost; a sender waits for a
/// receiver that is slow, as with Unix sockets.
///
/// Threads: see [Datagrams].
final class MemoryDatagrams implements Datagrams {
    private static final int QUEUE = 256;
    private static final int MOST_BYTES = 1 << 16;

    private final ConcurrentMap<String, MemoryDatagrams> network;
    private final Memory.End local;
    private final Channel<Datagram> queue;

    private final AtomicLong received = new AtomicLong();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong bytesReceived = new AtomicLong();
    private final AtomicLong bytesSent = new AtomicLong();

    MemoryDatagrams(ConcurrentMap<String, MemoryDatagrams> network, Memory.End local) {
        this.network = network;
        this.local = local;
        this.queue = Channel.<Datagram>buffered(QUEUE).named("datagrams of " + local);
    }

    @Override
    public List<Datagram> receive(int most) throws NetException {
        if (most < 1) {
            throw new IllegalArgumentException("receive " + this + ": most=" + most + ", expected 1 or more");
        }
        List<Datagram> all = new ArrayList<>();
        try {
            all.add(queue.receive());
        } catch (ChannelClosedException closed) {
            throw closed("receive", closed);
        }
        while (all.size() < most && queue.tryReceive() instanceof Received.Value<Datagram>(Datagram next)) {
            all.add(next);
        }
        received.addAndGet(all.size());
        all.forEach(datagram -> bytesReceived.addAndGet(datagram.bytes().length));
        return all;
    }

    @Override
    public void send(Datagram... datagrams) throws NetException {
        for (Datagram datagram : datagrams) {
            Strand.current().checkpoint();
            var ends = new Ends(local, datagram.peer());
            if (network.get(local.name()) != this) {
                throw closed("send", null);
            }
            if (!(datagram.peer() instanceof Memory.End peer)) {
                throw new IllegalArgumentException(
                        "send " + this + ": peer=" + datagram.peer() + ", expected an address of the network memory");
            }
            if (datagram.bytes().length > MOST_BYTES) {
                throw NetException.of("send", ends, -Errno.EMSGSIZE);
            }
            MemoryDatagrams there = network.get(peer.name());
            if (there == null) {
                throw NetException.of("send", ends, -Errno.ECONNREFUSED);
            }
            try {
                there.queue.send(Datagram.to(local, datagram.bytes().clone()));
            } catch (ChannelClosedException gone) {
                throw NetException.of("send", ends, -Errno.ECONNREFUSED);
            }
            sent.incrementAndGet();
            bytesSent.addAndGet(datagram.bytes().length);
        }
    }

    private NetException closed(String operation, @Nullable Throwable cause) {
        NetException closed = NetException.of(operation, Ends.of(local), "the socket is closed");
        if (cause != null) {
            closed.initCause(cause);
        }
        return closed;
    }

    @Override
    public void close() {
        if (network.remove(local.name(), this)) {
            queue.cancel(dropped -> {});
        }
    }

    @Override
    public Address local() {
        return local;
    }

    @Override
    public Optional<Address> remote() {
        return Optional.empty();
    }

    @Override
    public Statistics statistics() {
        return new Statistics(received.get(), sent.get(), bytesReceived.get(), bytesSent.get());
    }

    @Override
    public String toString() {
        return Ends.of(local).toString();
    }
}

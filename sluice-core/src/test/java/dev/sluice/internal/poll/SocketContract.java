package dev.sluice.internal.poll;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.Memory;
import dev.sluice.internal.linux.Socket;
import dev.sluice.internal.linux.SocketAddresses;
import dev.sluice.internal.poll.Rig.Pipe;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Sockets: accept, connect, receive, send.
abstract class SocketContract extends SharedDescriptorContract {
    private static final byte[] LOOPBACK = {127, 0, 0, 1};
    private static final int ADDRESS_ROOM = 128;
    private static final int ANYWHERE = 1 << 13;

    /// A listener of this machine, and where it listens.
    private static final class Listening {
        final int fd;
        final byte[] address;

        Listening(int fd, byte[] address) {
            this.fd = fd;
            this.address = address;
        }
    }

    private static Listening listen(Rig rig, byte[] address, int backlog) {
        int fd = Socket.open(rig.state, SocketAddresses.family(address), Socket.SOCK_STREAM);
        assertThat(Socket.bind(rig.state, fd, address)).isZero();
        assertThat(Socket.listen(rig.state, fd, backlog)).isZero();
        return new Listening(rig.own(fd), Socket.name(rig.state, fd));
    }

    private static Listening listenTcp(Rig rig, int backlog) {
        return listen(rig, SocketAddresses.internet(LOOPBACK, 0, 0), backlog);
    }

    private static Listening listenUnix(Rig rig, int backlog) {
        String name = "\0sluice-poll-" + ProcessHandle.current().pid() + "-" + System.identityHashCode(rig);
        return listen(rig, SocketAddresses.unix(name.getBytes(StandardCharsets.US_ASCII)), backlog);
    }

    /// A connect to be submitted; its address is in the rig's buffer, behind `place` others.
    private static Recorded connect(Rig rig, byte[] address, int place) {
        int fd = rig.own(Socket.open(rig.state, SocketAddresses.family(address), Socket.SOCK_STREAM));
        long memory = rig.buffer + (long) place * ADDRESS_ROOM;
        Memory.copy(address, 0, memory, address.length);
        return Recorded.of(Operation.Kind.CONNECT, fd, memory, address.length);
    }

    private static Recorded accept(int listener) {
        return Recorded.of(Operation.Kind.ACCEPT, listener, 0, 0);
    }

    private static Recorded receive(int fd, long address, int length) {
        return Recorded.of(Operation.Kind.RECV, fd, address, length);
    }

    private static Recorded send(int fd, long address, int length) {
        return Recorded.of(Operation.Kind.SEND, fd, address, length);
    }

    /// Both ends of a connection of TCP, prepared.
    private static Pipe tcp(Rig rig) {
        Listening listener = listenTcp(rig, 8);
        Recorded connect = connect(rig, listener.address, 0);
        Recorded accept = accept(listener.fd);
        rig.perform(connect, accept);
        assertThat(connect.result).isZero();
        rig.close(listener.fd);
        return new Pipe(rig.own(accept.result), connect.fd);
    }

    private static Pipe pair(Rig rig) {
        Pipe ends = rig.foreignSockets();
        return new Pipe(rig.own(ends.in()), rig.own(ends.out()));
    }

    @Test
    void connectsAndAccepts() throws Exception {
        onLoop(rig -> {
            for (Listening listener : List.of(listenTcp(rig, 8), listenUnix(rig, 8))) {
                Recorded accept = accept(listener.fd);
                rig.submit(accept);
                rig.settle();
                assertThat(accept.completions).as("nobody comes").isZero();
                Recorded connect = connect(rig, listener.address, 0);
                rig.submit(connect);
                rig.await(accept);
                if (connect.completions == 0) {
                    rig.await(connect);
                }
                assertThat(connect.result).isZero();
                int accepted = rig.own(accept.result);
                assertThat(Socket.name(rig.state, accepted)).isEqualTo(listener.address);
                Memory.putLong(rig.buffer, 0x1234_5678_9ABC_DEF0L);
                Recorded send = send(connect.fd, rig.buffer, 8);
                Recorded receive = receive(accepted, rig.buffer + 64, 100);
                rig.perform(receive, send);
                assertThat(send.result).isEqualTo(8);
                assertThat(receive.result).isEqualTo(8);
                assertThat(Memory.getLong(rig.buffer + 64)).isEqualTo(Memory.getLong(rig.buffer));
            }
        });
    }

    @Test
    void acceptsOneAfterTheOther() throws Exception {
        onLoop(rig -> {
            Listening listener = listenTcp(rig, 64);
            var connects = new ArrayList<Recorded>();
            for (int i = 0; i < 20; i++) {
                connects.add(connect(rig, listener.address, i));
            }
            rig.perform(connects.toArray(Recorded[]::new));
            assertThat(connects).allMatch(connect -> connect.result == 0);
            Recorded accept = accept(listener.fd);
            for (int i = 0; i < 20; i++) {
                rig.perform(accept);
                rig.own(accept.result);
            }
            rig.submit(accept);
            rig.settle();
            assertThat(accept.completions).as("all have been accepted").isEqualTo(20);
            rig.poller.cancel(accept);
            rig.await(accept);
            assertThat(accept.result).isEqualTo(-Errno.ECANCELED);
        });
    }

    @Test
    void tellsWhyItCannotConnect() throws Exception {
        onLoop(rig -> {
            for (Listening listener : List.of(listenTcp(rig, 8), listenUnix(rig, 8))) {
                rig.close(listener.fd);
                Recorded connect = connect(rig, listener.address, 0);
                rig.perform(connect);
                assertThat(connect.result).isEqualTo(-Errno.ECONNREFUSED);
            }
        });
    }

    @Test
    void cancelsAConnectThatNobodyAnswers() throws Exception {
        onLoop(rig -> {
            Listening listener = listenTcp(rig, 0);
            var connects = new ArrayList<Recorded>();
            for (int i = 0; i < 8; i++) {
                connects.add(connect(rig, listener.address, i));
                rig.submit(connects.get(i));
                rig.settle();
            }
            Recorded last = connects.getLast();
            assertThat(last.completions).as("the queue is full").isZero();
            connects.forEach(rig.poller::cancel);
            while (rig.poller.inFlight() > 0) {
                rig.poller.poll(Long.MAX_VALUE);
            }
            assertThat(last.result).isEqualTo(-Errno.ECANCELED);
            assertThat(connects).allMatch(connect -> connect.completions == 1);
        });
    }

    @Test
    void connectsToABusyUnixListenerInTheEnd() throws Exception {
        onLoop(rig -> {
            Listening listener = listenUnix(rig, 0);
            Recorded first = connect(rig, listener.address, 0);
            rig.perform(first);
            assertThat(first.result).isZero();
            Recorded second = connect(rig, listener.address, 1);
            rig.submit(second);
            rig.settle();
            Recorded accept = accept(listener.fd);
            rig.perform(accept);
            rig.own(accept.result);
            if (second.completions == 0) {
                rig.await(second);
            }
            if (second.result != 0) {
                assertThat(second.result).as("try again").isEqualTo(-Errno.EBUSY);
                rig.perform(second);
            }
            assertThat(second.result).isZero();
        });
    }

    @Test
    void receivesAnywhere() throws Exception {
        onLoop(rig -> {
            Pipe ends = tcp(rig);
            Recorded receive = receive(ends.in(), 0, 5);
            Memory.putLong(rig.buffer, 0x0807_0605_0403_0201L);
            var seen = new ArrayList<Byte>();
            receive.then(() -> {
                for (int i = 0; i < receive.result; i++) {
                    seen.add(Memory.getByte(receive.received + i));
                }
            });
            rig.submit(receive);
            rig.settle();
            assertThat(receive.completions).isZero();
            rig.writeDirectly(ends.out(), 8);
            rig.await(receive);
            assertThat(receive.result).as("no more than asked for").isEqualTo(5);
            rig.perform(receive);
            assertThat(receive.result).isEqualTo(3);
            assertThat(seen).containsExactly(bytes(1, 2, 3, 4, 5, 6, 7, 8));
            receive.length = Integer.MAX_VALUE;
            rig.writeDirectly(ends.out(), 3 * ANYWHERE);
            int total = 0;
            while (total < 3 * ANYWHERE) {
                rig.perform(receive);
                assertThat(receive.result).isBetween(1, ANYWHERE);
                total += receive.result;
            }
            rig.close(ends.out());
            rig.perform(receive);
            assertThat(receive.result).as("the end").isZero();
        });
    }

    @Test
    void receivesFromManyAtOnce() throws Exception {
        onLoop(new PollerConfig(256, 4096, 10_000), rig -> {
            int count = 600; // more than there are buffers at first
            var pairs = new ArrayList<Pipe>();
            var receives = new ArrayList<Recorded>();
            var values = new long[count];
            for (int i = 0; i < count; i++) {
                Pipe pair = pair(rig);
                pairs.add(pair);
                int index = i;
                Recorded receive = receive(pair.in(), 0, 100);
                receive.then(() -> values[index] = Memory.getLong(receive.received));
                receives.add(receive);
            }
            for (int round = 1; round <= 3; round++) {
                receives.forEach(rig::submit);
                rig.settle();
                for (int i = 0; i < count; i++) {
                    Memory.putLong(rig.buffer, (long) round << Integer.SIZE | i);
                    rig.writeDirectly(pairs.get(i).out(), 8);
                }
                while (rig.poller.inFlight() > 0) {
                    rig.poller.poll(Long.MAX_VALUE);
                }
                for (int i = 0; i < count; i++) {
                    assertThat(receives.get(i).result).isEqualTo(8);
                    assertThat(values[i]).isEqualTo((long) round << Integer.SIZE | i);
                }
            }
        });
    }

    @Test
    void sendsWhatHasGrownUntilThePoll() throws Exception {
        onLoop(rig -> {
            Pipe ends = tcp(rig);
            Recorded send = send(ends.out(), rig.buffer, 10);
            rig.submit(send);
            send.length = 1_000;
            rig.await(send);
            assertThat(send.result).isEqualTo(1_000);
            assertThat(rig.readDirectly(ends.in(), 2_000)).isEqualTo(1_000);
        });
    }

    @Test
    void sendsWhatFits() throws Exception {
        onLoop(rig -> {
            Pipe ends = pair(rig);
            Recorded send = send(ends.out(), rig.buffer, 1 << 19);
            int sent = 0;
            rig.submit(send);
            rig.settle();
            while (send.completions > 0 && rig.poller.inFlight() == 0) {
                sent += send.result;
                rig.submit(send);
                rig.settle();
            }
            assertThat(sent).isPositive();
            while (rig.poller.inFlight() > 0) {
                sent -= rig.readDirectly(ends.in(), 1 << 16);
                rig.poller.poll(0);
            }
            assertThat(send.result).as("it goes on when there is room").isPositive();
        });
    }

    @Test
    void tellsThatThePeerHasGone() throws Exception {
        onLoop(rig -> {
            Pipe ends = tcp(rig);
            Recorded receive = receive(ends.in(), 0, 100);
            rig.submit(receive);
            rig.settle();
            assertThat(Socket.resetOnClose(rig.state, ends.out())).isZero();
            rig.close(ends.out());
            rig.await(receive);
            assertThat(receive.result).isEqualTo(-Errno.ECONNRESET);
            Recorded send = send(ends.in(), rig.buffer, 10);
            rig.perform(send);
            assertThat(send.result).as("and no signal").isEqualTo(-Errno.EPIPE);
        });
    }

    @Test
    void cancelsAReceiveAndLosesNothing() throws Exception {
        onLoop(rig -> {
            Pipe ends = tcp(rig);
            for (long address : new long[] {0, rig.buffer + 64}) {
                Recorded receive = receive(ends.in(), address, 100);
                for (int polls = 0; polls < 4; polls++) {
                    rig.submit(receive);
                    for (int i = 0; i < polls; i++) {
                        rig.poller.poll(0);
                    }
                    rig.poller.cancel(receive);
                    rig.await(receive);
                    assertThat(receive.result).isEqualTo(-Errno.ECANCELED);
                }
                rig.writeDirectly(ends.out(), 7);
                rig.perform(receive);
                assertThat(receive.result).isEqualTo(7);
            }
        });
    }

    private static Byte[] bytes(int... values) {
        var bytes = new Byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}

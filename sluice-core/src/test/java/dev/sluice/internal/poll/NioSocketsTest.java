package dev.sluice.internal.poll;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.Socket;
import dev.sluice.internal.linux.SocketAddresses;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketOption;
import java.nio.channels.NetworkChannel;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The JDK's sockets behave as the kernel's would: options are found by their numbers, and handed down.
class NioSocketsTest {
    private static final byte[] LOOPBACK = {127, 0, 0, 1};

    @ParameterizedTest
    @CsvSource({
        "1, 9, SO_KEEPALIVE, 1, true",
        "6, 1, TCP_NODELAY, 1, true",
        "6, 4, TCP_KEEPIDLE, 30, 30",
        "6, 5, TCP_KEEPINTERVAL, 5, 5",
        "6, 6, TCP_KEEPCOUNT, 4, 4",
    })
    void whatIsAcceptedHasTheOptionsOfItsListener(int level, int option, String name, int value, String expected)
            throws Exception {
        try (Selector selector = Selector.open()) {
            var sockets = new NioSockets(selector, () -> {});
            int listener = sockets.open(Socket.AF_INET, Socket.SOCK_STREAM);
            sockets.setOption(listener, level, option, value);
            assertThat(sockets.bind(listener, SocketAddresses.internet(LOOPBACK, 0, 0)))
                    .isZero();
            assertThat(sockets.listen(listener, 1)).isZero();
            assertThat(sockets.accept(listener)).isEqualTo(-Errno.EAGAIN);
            int near = sockets.open(Socket.AF_INET, Socket.SOCK_STREAM);
            byte[] place = sockets.name(listener);
            try (var client = SocketChannel.open(NioAddresses.of(place))) {
                int far = sockets.accept(listener);
                assertThat(far).isPositive();
                assertThat(sockets.name(far)).isEqualTo(place);
                assertThat(sockets.peer(far)).isEqualTo(NioAddresses.bytes(client.getLocalAddress()));
                assertThat(option(sockets.channel(far).network(), name)).hasToString(expected);
                sockets.close(far);
            }
            sockets.close(near);
            sockets.close(listener);
        }
    }

    private static Object option(NetworkChannel channel, String name) throws IOException {
        SocketOption<?> option = NioOptions.find(channel, name);
        assertThat(option).as(name).isNotNull();
        return channel.getOption(option);
    }

    @Test
    void errorsHaveTheNumbersOfTheSystem() {
        assertThat(NioErrors.errno(new SocketException("Connection reset"))).isEqualTo(Errno.ECONNRESET);
        assertThat(NioErrors.errno(new IOException("Broken pipe"))).isEqualTo(Errno.EPIPE);
        assertThat(NioErrors.errno(new IOException("Too many open files"))).isEqualTo(Errno.EMFILE);
        assertThat(NioErrors.errno(new ConnectException("Verbindungsaufbau abgelehnt")))
                .isEqualTo(Errno.ECONNREFUSED);
        assertThat(NioErrors.errno(new IOException("something else"))).isEqualTo(Errno.EIO);
    }

    @Test
    void addressesGoThereAndBack() {
        byte[] six = SocketAddresses.internet(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 80, 0);
        for (byte[] place : new byte[][] {
            SocketAddresses.internet(LOOPBACK, 7, 0),
            six,
            SocketAddresses.unix("/run/x".getBytes(StandardCharsets.UTF_8))
        }) {
            assertThat(NioAddresses.bytes(NioAddresses.of(place))).isEqualTo(place);
        }
        assertThat(NioAddresses.bytes(null)).isEmpty();
    }
}

package dev.sluice.guide;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.io.ByteReader;
import dev.sluice.io.ByteSource;
import dev.sluice.net.Connection;
import dev.sluice.net.Listener;
import dev.sluice.net.Listener.Limits;
import dev.sluice.net.Memory;
import dev.sluice.net.NetException;
import dev.sluice.net.Tcp;
import dev.sluice.net.TcpAddress;
import dev.sluice.net.Unix;
import dev.sluice.net.UnixAddress;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("try") // a close in the middle is what is tested
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SocketsGuideTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void halvesAreClosed() throws Exception {
        Sluice.run(() -> {
            Memory.Pair pair = Memory.pair("guide");
            try (var group = TaskGroup.open()) {
                group.start("peer", () -> {
                    int length = pair.far().readAllBytes(1_000).length;
                    pair.far().write(bytes("got " + length + " bytes\n"));
                    pair.far().close();
                });
                Connection connection = pair.near();
                // tag::half
                connection.write(bytes("a question of any length"));
                connection.closeOutput(); // the peer reads the end
                String answer = new String(connection.readAllBytes(1_000), StandardCharsets.UTF_8);
                // end::half
                assertThat(answer).isEqualTo("got 24 bytes\n");
                group.join();
            }
        });
    }

    @Test
    void deadlinesLeaveTheConnection() throws Exception {
        Sluice.run(() -> {
            try (Listener listener = Tcp.listen("127.0.0.1:0");
                    Connection connection = Tcp.connect(listener.address().place());
                    Connection peer = listener.accept()) {
                // tag::deadline
                byte[] answer = new byte[100];
                boolean came = Deadline.after(ofMillis(20)).tryRun(() -> connection.read(answer, 0, 100));
                if (!came) {
                    connection.write(bytes("are you there?")); // it is as it was
                }
                // end::deadline
                assertThat(came).isFalse();
                assertThat(peer.read(answer, 0, 100)).isEqualTo(14);
            }
        });
    }

    @Test
    void linesAreRead() throws Exception {
        Sluice.run(() -> {
            Memory.Pair pair = Memory.pair("guide");
            Connection connection = pair.far();
            pair.near().write(bytes("GET\r\nabc12345;rest"));
            // tag::reader
            ByteReader reader = ByteReader.over(connection, 8_192); // no line or piece is longer
            String verb = reader.readLine().orElse(""); // empty at the end
            byte[] name = reader.readExactly(3);
            byte[] number = reader.readUntil((byte) ';'); // with the delimiter
            // end::reader
            assertThat(verb).isEqualTo("GET");
            assertThat(name).asString().isEqualTo("abc");
            assertThat(number).asString().isEqualTo("12345;");
            pair.near().abort();
            assertThatThrownBy(reader::readLine).isInstanceOf(NetException.class);
        });
    }

    @Test
    void serversHaveLimits() throws Exception {
        Sluice.run(() -> {
            // tag::serve
            Tcp.Options options = Tcp.Options.defaults().withKeepAlive(true).withReusePort(true);
            try (Listener listener = Tcp.listen(new TcpAddress("", 0), options); // all addresses, a free port
                    var group = TaskGroup.open()) {
                Limits limits = new Limits(500, ofSeconds(3));
                group.start("server", () -> listener.serve(limits, connection -> connection.transferTo(connection)));
                // end::serve
                int port = ((TcpAddress) listener.address()).port();
                try (Connection connection = Tcp.connect("localhost:" + port)) {
                    connection.write(bytes("x"));
                    assertThat(connection.read(new byte[1], 0, 1)).isEqualTo(1);
                }
                listener.close();
                group.join();
            }
        });
    }

    @Test
    void peersOfUnixSocketsAreKnown(@TempDir Path directory) throws Exception {
        Sluice.run(() -> {
            Path path = directory.resolve("socket");
            try (var group = TaskGroup.open()) {
                // tag::unix
                try (Listener listener = Unix.listen(UnixAddress.of(path))) {
                    group.start(
                            "client", () -> Unix.connect(UnixAddress.of(path)).close());
                    try (Connection connection = listener.accept()) {
                        Unix.Credentials peer = Unix.peer(connection); // the kernel vouches for them
                        IO.println("process " + peer.pid() + " of user " + peer.uid());
                    }
                }
                // end::unix
                group.join();
            }
        });
    }

    @Test
    void openFilesChangeHands(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "content");
        Sluice.run(() -> {
            try (Listener listener = Unix.listen(UnixAddress.of(directory.resolve("socket")));
                    Connection connection = Unix.connect((UnixAddress) listener.address());
                    Connection peer = listener.accept()) {
                // tag::passing
                try (Unix.Descriptor opened = Unix.Descriptor.reading(file)) {
                    Unix.send(connection, bytes("read this"), opened); // bytes, and what they are about
                }
                Unix.Parcel parcel = Unix.receive(peer, 1_000).orElseThrow();
                try (ByteSource source = parcel.descriptors().getFirst().source()) {
                    IO.println(parcel.text() + ": " + source.readAllBytes(1_000).length + " bytes");
                }
                // end::passing
            }
        });
    }
}

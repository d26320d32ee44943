package dev.sluice.net;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.io.ByteReader;
import dev.sluice.loop.Backend;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.net.Unix.Descriptor;
import dev.sluice.net.Unix.Parcel;
import dev.sluice.process.Child;
import dev.sluice.process.Command;
import dev.sluice.process.Exit;
import dev.sluice.process.Output;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Open files and sockets change hands between processes.
@SuppressWarnings("try") // a close in the middle is what is tested
class DescriptorPassingTest {
    /// Passes a file that it has opened, and a socket that listens; says which port.
    private static final String GIVER = """
            import socket, sys
            peer = socket.socket(socket.AF_UNIX)
            peer.connect(sys.argv[1])
            listener = socket.create_server(("127.0.0.1", 0))
            with open(sys.argv[2]) as file:
                port = str(listener.getsockname()[1]).encode()
                socket.send_fds(peer, [port], [file.fileno(), listener.fileno()])
            listener.close()
            peer.recv(1)
            """;

    /// Is passed a listener, serves one connection there, and writes to the file that it is passed as well.
    private static final String TAKER = """
            import os, socket, sys
            peer = socket.socket(socket.AF_UNIX)
            peer.connect(sys.argv[1])
            message, fds, flags, address = socket.recv_fds(peer, 100, 5)
            os.write(fds[0], b"python: " + message + b"\\n")
            listener = socket.socket(fileno=fds[1])
            listener.setblocking(True)
            connection, _ = listener.accept()
            connection.sendall(b"served elsewhere")
            connection.close()
            """;

    @TempDir
    Path directory;

    private interface Body {
        void run(Listener listener) throws Exception;
    }

    /// Runs a body beside a listener, after which as many descriptors are open as before.
    private void run(Backend backend, Body body) throws Exception {
        LoopsConfig config = LoopsConfig.defaults().withBackend(backend).withStallLimit(ofSeconds(20));
        Sluice.run(
                config,
                () -> Deadline.after(ofSeconds(60)).named("test").run(() -> {
                    try (Listener listener = Unix.listen(UnixAddress.of(directory.resolve("socket")))) {
                        body.run(listener);
                    }
                }));
    }

    private interface PairBody {
        void run(Connection near, Connection far) throws Exception;
    }

    private void connected(Backend backend, PairBody body) throws Exception {
        run(backend, listener -> {
            try (Connection near = Unix.connect((UnixAddress) listener.address());
                    Connection far = listener.accept()) {
                int before = descriptors();
                body.run(near, far);
                assertThat(descriptors()).as("open descriptors").isEqualTo(before);
            }
        });
    }

    private static int descriptors() {
        return Objects.requireNonNull(new File("/proc/self/fd").list()).length;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private Child python(String program, Listener listener, Path... paths) throws IOException {
        List<String> words =
                new ArrayList<>(List.of("-c", program, listener.address().place()));
        for (Path path : paths) {
            words.add(path.toString());
        }
        return Command.of("python3", words.toArray(String[]::new))
                .stderr(Output.inherited())
                .start();
    }

    @ParameterizedTest
    @EnumSource(names = {"IO_URING", "EPOLL"})
    void whatPythonHasOpenedIsUsedHere(Backend backend) throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "the content");
        run(backend, listener -> {
            try (Child child = python(GIVER, listener, file);
                    Connection connection = listener.accept()) {
                Parcel parcel = Unix.receive(connection, 100).orElseThrow();
                assertThat(parcel.descriptors()).hasSize(2);
                try (var content = parcel.descriptors().getFirst().source()) {
                    assertThat(new String(content.readAllBytes(100), StandardCharsets.UTF_8))
                            .isEqualTo("the content");
                }
                try (Listener theirs = parcel.descriptors().getLast().listener()) {
                    assertThat(theirs.address().place()).isEqualTo("127.0.0.1:" + parcel.text());
                    try (Connection near = Tcp.connect(theirs.address().place());
                            Connection far = theirs.accept()) {
                        near.write(bytes("hello\n"));
                        assertThat(ByteReader.over(far).readLine()).contains("hello");
                    }
                }
                connection.write(bytes("!"));
                assertThat(child.exit()).isEqualTo(new Exit.Exited(0));
                assertThat(Unix.receive(connection, 100)).isEmpty();
            }
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"IO_URING", "EPOLL"})
    void whatIsOpenHereIsUsedByPython(Backend backend) throws Exception {
        Path log = directory.resolve("log");
        run(backend, listener -> {
            try (Child child = python(TAKER, listener);
                    Connection connection = listener.accept();
                    Listener ours = Tcp.listen("127.0.0.1:0");
                    Descriptor file = Descriptor.appending(log);
                    Descriptor socket = Descriptor.of(ours)) {
                Unix.send(connection, bytes("take these"), file, socket);
                ours.close();
                try (Connection client = Tcp.connect(ours.address().place())) {
                    assertThat(new String(client.readAllBytes(100), StandardCharsets.UTF_8))
                            .isEqualTo("served elsewhere");
                }
                assertThat(child.exit()).isEqualTo(new Exit.Exited(0));
                assertThat(log).hasContent("python: take these\n");
            }
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"IO_URING", "EPOLL"})
    void aConnectionChangesHandsBehindWhatWasWritten(Backend backend) throws Exception {
        connected(backend, (near, far) -> {
            try (Listener listener = Tcp.listen("127.0.0.1:0");
                    Connection client = Tcp.connect(listener.address().place())) {
                try (Connection accepted = listener.accept();
                        Descriptor passed = Descriptor.of(accepted)) {
                    near.write(bytes("before"));
                    Unix.send(near, bytes("with"), passed);
                    near.write(bytes("behind"));
                    accepted.close();
                }
                byte[] before = new byte[6];
                assertThat(far.read(before, 0, 6)).isEqualTo(6);
                Parcel parcel = Unix.receive(far, 4).orElseThrow();
                assertThat(parcel.text()).isEqualTo("with");
                assertThat(far.read(before, 0, 6)).isEqualTo(6);
                assertThat(before).isEqualTo(bytes("behind"));
                try (Connection server = parcel.descriptors().getFirst().connection()) {
                    assertThat(server.remote()).isEqualTo(client.local());
                    client.write(bytes("still there?\n"));
                    assertThat(ByteReader.over(server).readLine()).contains("still there?");
                }
                assertThat(client.read(before, 0, 1)).isEqualTo(-1);
            }
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"IO_URING", "EPOLL"})
    void whatNobodyTakesIsClosed(Backend backend) throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "content");
        connected(backend, (near, far) -> {
            try (Descriptor passed = Descriptor.reading(file)) {
                assertThat(Deadline.after(ofMillis(10)).tryRun(() -> Unix.receive(far, 10)))
                        .isFalse();
                Unix.send(near, bytes("a"), passed, passed, passed);
                Parcel parcel = Unix.receive(far, 10).orElseThrow();
                assertThat(parcel.text()).isEqualTo("a");
                assertThat(parcel.descriptors()).hasSize(3);
                parcel.descriptors().forEach(Descriptor::close);
                parcel.descriptors().forEach(Descriptor::close);
                assertThatThrownBy(() -> parcel.descriptors().getFirst().source())
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("closed or used");
                Unix.send(near, bytes("b"), passed);
                assertThat(far.read(new byte[9], 0, 9))
                        .as("a read loses what came along")
                        .isEqualTo(1);
                Unix.send(near, bytes("c"));
                assertThat(Unix.receive(far, 10).orElseThrow().descriptors()).isEmpty();
                assertThatThrownBy(passed::connection)
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("expected a socket of a stream that is connected");
                assertThatThrownBy(() -> Unix.send(near, new byte[0], passed))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("bytes=0 descriptors=1");
            }
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"IO_URING", "EPOLL"})
    void aCloseEndsTheWait(Backend backend) throws Exception {
        run(backend, listener -> {
            try (Connection near = Unix.connect((UnixAddress) listener.address());
                    Connection far = listener.accept();
                    var group = TaskGroup.open()) {
                var waiting = group.start(
                        "receiver",
                        () -> assertThatThrownBy(() -> Unix.receive(far, 10))
                                .isInstanceOf(NetException.class)
                                .hasMessageContaining("closed"));
                for (int i = 0; i < 10; i++) {
                    Sluice.yield();
                }
                far.close();
                waiting.get();
                assertThatThrownBy(() -> Unix.receive(far, 10)).isInstanceOf(NetException.class);
                assertThat(Unix.receive(near, 10)).isEmpty();
                group.join();
            }
        });
    }
}

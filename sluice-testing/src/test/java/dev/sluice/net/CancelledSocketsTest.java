package dev.sluice.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.io.ByteSource;
import dev.sluice.io.FileStreams;
import dev.sluice.loop.Backend;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/// What is cancelled on a real socket, whenever it is, leaves the connection usable and loses no byte.
@Tag("needs-opens") // counts the steps of a loop
@SuppressWarnings("try") // a close in the middle is what is tested
class CancelledSocketsTest {
    @TempDir
    Path directory;

    private int names;

    private SweptTransfer unix() throws IOException {
        UnixAddress place = UnixAddress.of(directory.resolve("s" + names++));
        try (Listener listener = Unix.listen(place)) {
            return new SweptTransfer(Unix.connect(place), listener.accept());
        }
    }

    @OnEachBackend
    void readsAndWritesOfTcp(Backend backend) throws Exception {
        int cancelled =
                CancelSweep.everywhere(backend, SweptTransfer::overTcp, SweptTransfer::both, SweptTransfer::rest);
        assertThat(cancelled).isGreaterThan(5);
    }

    @OnEachBackend
    void readsAndWritesOfUnixSockets(Backend backend) throws Exception {
        int cancelled = CancelSweep.everywhere(backend, this::unix, SweptTransfer::both, SweptTransfer::rest);
        assertThat(cancelled).isGreaterThan(5);
    }

    @OnEachBackend
    void endsOfTheOutput(Backend backend) throws Exception {
        int cancelled = CancelSweep.everywhere(
                backend,
                SweptTransfer::overTcp,
                transfer -> {
                    transfer.near().write(ByteBuffer.wrap(SweptTransfer.content(), 0, 100_000));
                    transfer.near().closeOutput();
                },
                transfer -> {
                    transfer.near().close();
                    long written = transfer.near().statistics().bytesWritten();
                    assertThat(transfer.far().readAllBytes(1 << 20)).hasSize((int) written);
                    transfer.far().close();
                });
        assertThat(cancelled).isPositive();
    }

    @OnEachBackend
    void closes(Backend backend) throws Exception {
        int cancelled = CancelSweep.everywhere(
                backend,
                SweptTransfer::overTcp,
                transfer -> {
                    transfer.near().write(ByteBuffer.wrap(SweptTransfer.content(), 0, 100_000));
                    transfer.near().close();
                },
                transfer -> {
                    transfer.near().abort();
                    transfer.far().abort();
                });
        assertThat(cancelled).isPositive();
    }

    /// Somebody who knocks, and somebody who opens.
    private static final class Meeting {
        final Listener listener = Tcp.listen("127.0.0.1:0");

        @Nullable Connection knocked;

        @Nullable Connection opened;

        Meeting() throws IOException {}

        static Meeting knocked() throws IOException {
            Meeting meeting = new Meeting();
            meeting.knock();
            return meeting;
        }

        /// By name: a race of attempts, and a look-up on another thread.
        void knockByName() throws IOException {
            knocked = Tcp.connect("localhost:" + ((TcpAddress) listener.address()).port());
        }

        void knock() throws IOException {
            knocked = Tcp.connect(listener.address().place());
        }

        void open() throws IOException {
            opened = listener.accept();
        }

        /// Both at the same time: the opener really waits.
        void meet() throws IOException {
            TaskGroup.<IOException>run(group -> {
                group.start("open", this::open);
                knock();
            });
        }

        /// Whatever was cancelled, the next ones meet; those before were closed, or are here.
        void rest() throws IOException {
            if (opened != null) {
                opened.abort();
            }
            if (knocked != null) {
                knocked.abort();
            }
            Connection again = Tcp.connect(listener.address().place());
            again.write(new byte[] {3});
            byte[] heard = new byte[1];
            Connection found = listener.accept();
            while (!heard(found, heard)) { // one that was cancelled
                found.abort();
                found = listener.accept();
            }
            assertThat(heard).containsExactly(3);
            again.abort();
            found.abort();
            listener.close();
        }

        private static boolean heard(Connection connection, byte[] into) throws IOException {
            try {
                return connection.read(into, 0, 1) == 1;
            } catch (NetException reset) {
                assertThat(reset.isPeerGone()).isTrue();
                return false;
            }
        }
    }

    @OnEachBackend
    void acceptsOfWhoIsThere(Backend backend) throws Exception {
        int cancelled = CancelSweep.everywhere(backend, Meeting::knocked, Meeting::open, Meeting::rest);
        assertThat(cancelled).isPositive();
    }

    @OnEachBackend
    void connects(Backend backend) throws Exception {
        int cancelled = CancelSweep.everywhere(backend, Meeting::new, Meeting::knock, Meeting::rest);
        assertThat(cancelled).isPositive();
    }

    @OnEachBackend
    void connectsByName(Backend backend) throws Exception {
        int cancelled = CancelSweep.everywhere(backend, Meeting::new, Meeting::knockByName, Meeting::rest);
        assertThat(cancelled).isPositive();
    }

    @OnEachBackend
    void acceptsAndConnectsAtTheSameTime(Backend backend) throws Exception {
        int cancelled = CancelSweep.everywhere(backend, Meeting::new, Meeting::meet, Meeting::rest);
        assertThat(cancelled).isPositive();
    }

    /// A file on its way.
    private record Sending(SweptTransfer transfer, ByteSource source) {
        void both() throws IOException {
            TaskGroup.<IOException>run(group -> {
                group.start("receive", transfer::receive);
                source.transferTo(transfer.near());
            });
        }

        void rest() throws IOException {
            transfer.skip(transfer.near().statistics().bytesWritten());
            source.close();
            transfer.rest();
        }
    }

    @OnEachBackend
    void transfersOfFiles(Backend backend) throws Exception {
        Path file = directory.resolve("file");
        Files.write(file, SweptTransfer.content());
        int cancelled = CancelSweep.everywhere(
                backend,
                () -> new Sending(SweptTransfer.overTcp(), FileStreams.read(file)),
                Sending::both,
                Sending::rest);
        assertThat(cancelled).isGreaterThan(5);
    }
}

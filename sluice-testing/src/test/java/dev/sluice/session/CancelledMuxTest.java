package dev.sluice.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.loop.Backend;
import dev.sluice.net.CancelSweep;
import dev.sluice.net.Connection;
import dev.sluice.net.OnEachBackend;
import dev.sluice.net.SweptTransfer;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import org.junit.jupiter.api.Tag;

/// Streams of a session over real sockets, cancelled at each suspension: the stream can go on, and the session
/// serves others.
@Tag("needs-opens") // counts the steps of a loop
class CancelledMuxTest {
    private record Sides(Mux client, Mux server) {
        static Sides make() throws IOException {
            SweptTransfer plain = SweptTransfer.overTcp();
            return new Sides(Mux.client(plain.near()), Mux.server(plain.far()));
        }

        /// Opens a stream, or waits for it, and says something there.
        void meet() throws IOException {
            TaskGroup.<IOException>run(group -> {
                group.start("server", () -> {
                    try (Connection stream = server.accept()) {
                        stream.transferTo(stream);
                    }
                });
                try (Connection stream = client.open()) {
                    stream.write(new byte[] {1, 2});
                    stream.closeOutput();
                    assertThat(stream.readAllBytes(10)).containsExactly(1, 2);
                }
            });
        }

        void end() throws IOException {
            client.ping(); // behind what was opened by those who were cancelled
            while (server.backlog() > 0) {
                server.accept().abort();
            }
            meet();
            client.ping();
            server.ping();
            assertThat(client.statistics().open()).isZero();
            client.close();
            server.close();
        }
    }

    @OnEachBackend
    void readsAndWrites(Backend backend) throws Exception {
        int cancelled = CancelSweep.everywhere(
                backend,
                () -> {
                    Sides sides = Sides.make();
                    Connection near = sides.client.open();
                    return new SweptTransfer(near, sides.server.accept(), sides::end);
                },
                SweptTransfer::both,
                SweptTransfer::rest);
        assertThat(cancelled).isGreaterThan(5);
    }

    @OnEachBackend
    void streamsThatBegin(Backend backend) throws Exception {
        int cancelled = CancelSweep.everywhere(backend, Sides::make, Sides::meet, Sides::end);
        assertThat(cancelled).isGreaterThan(5);
    }

    @OnEachBackend
    void closes(Backend backend) throws Exception {
        int cancelled = CancelSweep.everywhere(
                backend,
                () -> {
                    Sides sides = Sides.make();
                    sides.client.open().write(new byte[9]);
                    return sides;
                },
                sides -> sides.client.close(),
                sides -> {
                    sides.server.close(); // returns, whatever the client did
                    sides.client.close();
                });
        assertThat(cancelled).isPositive();
    }
}

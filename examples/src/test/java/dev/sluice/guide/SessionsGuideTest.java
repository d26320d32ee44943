package dev.sluice.guide;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.io.ByteReader;
import dev.sluice.net.Connection;
import dev.sluice.net.Listener;
import dev.sluice.net.Tcp;
import dev.sluice.session.Mux;
import dev.sluice.session.MuxConfig;
import dev.sluice.session.MuxException;
import dev.sluice.task.TaskGroup;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@SuppressWarnings("try") // a close in the middle is what is shown
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SessionsGuideTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    // tag::server
    static void serve(Connection connection) throws Exception {
        try (Mux session = Mux.server(connection);
                var _ = Listener.onDrain(session::goAway);
                var streams = TaskGroup.open()) {
            while (true) {
                Connection stream = session.accept();
                streams.start("stream", () -> {
                    try (stream) {
                        stream.transferTo(stream);
                    }
                });
            }
        } catch (MuxException ended) {
            IO.println(ended.problem());
        }
    }
    // end::server

    @Test
    void streamsShareAConnection() throws Exception {
        Sluice.run(() -> {
            try (var group = TaskGroup.open();
                    Listener listener = Tcp.listen("127.0.0.1:0")) {
                group.start("server", () -> listener.serve(SessionsGuideTest::serve));
                // tag::client
                try (Mux session = Mux.client(Tcp.connect(listener.address().place()));
                        Connection first = session.open();
                        Connection second = session.open()) {
                    second.write(bytes("hello\n"));
                    IO.println(ByteReader.over(second).readLine().orElseThrow());
                    // end::client
                    first.write(bytes("good day\n"));
                    assertThat(ByteReader.over(first).readLine()).contains("good day");
                }
                listener.close();
                group.join();
            }
        });
    }

    @Test
    void streamsAreServed() throws Exception {
        Sluice.run(() -> {
            try (var group = TaskGroup.open();
                    Listener listener = Tcp.listen("127.0.0.1:0")) {
                // tag::serving
                group.start("server", () -> listener.serve(Mux.serving(stream -> stream.transferTo(stream))));
                // end::serving
                try (Mux session = Mux.client(Tcp.connect(listener.address().place()));
                        Connection stream = session.open()) {
                    stream.write(bytes("hello\n"));
                    assertThat(ByteReader.over(stream).readLine()).contains("hello");
                    listener.close();
                    stream.write(bytes("still there\n"));
                    assertThat(ByteReader.over(stream).readLine()).contains("still there");
                }
                group.join();
            }
        });
    }

    @Test
    void boundsAreChosen() {
        // tag::config
        MuxConfig config = MuxConfig.defaults()
                .withStreams(1_000) // open at the same time
                .withWindow(1 << 20) // bytes of a stream that wait to be read
                .withKeepAlive(ofMinutes(1)) // after so much silence the peer is asked
                .withAnswer(ofSeconds(5)); // and has so long to answer
        // end::config
        assertThat(config.streams()).isEqualTo(1_000);
    }
}

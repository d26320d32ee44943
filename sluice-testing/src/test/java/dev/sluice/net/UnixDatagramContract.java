package dev.sluice.net;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.loop.Backend;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.net.Datagrams.Datagram;
import dev.sluice.task.Action;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import dev.sluice.testing.DatagramContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Datagrams of Unix sockets keep the contract, on each back end; and what only they have.
abstract class UnixDatagramContract extends DatagramContract {
    abstract Backend backend();

    @Override
    protected LoopsConfig config() {
        return LoopsConfig.defaults().withBackend(backend());
    }

    @Override
    protected Datagrams open() throws IOException {
        return Unix.bind(new UnixAddress(""));
    }

    private void run(Action<?> body) throws Exception {
        LoopsConfig patient = config().withStallLimit(ofSeconds(20));
        Sluice.run(patient, () -> Deadline.after(ofSeconds(60)).named("test").run(body));
    }

    @Test
    void aPathComesAndGoesWithTheSocket(@TempDir Path directory) throws Exception {
        run(() -> {
            Path path = directory.resolve("socket");
            try (Datagrams named = Unix.bind(UnixAddress.of(path));
                    Datagrams other = open()) {
                assertThat(path).exists();
                other.send(Datagram.to(named.local(), "hello"));
                Datagram hello = named.receive();
                assertThat(hello.peer()).isEqualTo(other.local());
            }
            assertThat(Files.exists(path)).isFalse();
        });
    }

    @Test
    void aSenderWaitsForASlowReceiver() throws Exception {
        run(() -> {
            try (Datagrams near = open();
                    Datagrams far = open();
                    var group = TaskGroup.open()) {
                int count = 2_000; // more than the queue of a socket holds
                group.start("sender", () -> {
                    for (int i = 0; i < count; i++) {
                        near.send(Datagram.to(far.local(), "" + i));
                    }
                });
                for (int i = 0; i < count; i++) {
                    assertThat(far.receive().text()).isEqualTo("" + i);
                }
                group.join();
            }
        });
    }

    @Test
    void nobodyIsThere() throws Exception {
        run(() -> {
            try (Datagrams near = open()) {
                assertThatThrownBy(() -> near.send(Datagram.to(new UnixAddress("@sluice-nobody"), "hello")))
                        .isInstanceOf(NetException.class)
                        .hasMessageContaining("send unix")
                        .hasMessageContaining("ECONNREFUSED");
            }
        });
    }
}

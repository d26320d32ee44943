package dev.sluice.net;

import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.task.Deadline;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import dev.sluice.testing.ConnectionContract;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Connections of a network inside of the program keep the contract, and its listeners behave as those of the
/// system do.
class MemoryListenerTest extends ConnectionContract {
    private final Memory.Network network = Memory.network();

    @Override
    protected Pair open() throws IOException {
        try (Listener listener = network.listen("here")) {
            Connection near = network.connect("here");
            return new Pair(near, listener.accept());
        }
    }

    private static String error(Throwable failure) {
        return ((NetException) failure).error().orElse("");
    }

    @Test
    void aNameIsOneListenersUntilItIsClosed() throws Exception {
        assertThatThrownBy(() -> network.connect("here"))
                .isInstanceOf(NetException.class)
                .hasMessageStartingWith("connect memory here: ECONNREFUSED");
        Listener first = network.listen("here");
        assertThat(first.address()).hasToString("memory:here");
        assertThatThrownBy(() -> network.listen("here"))
                .satisfies(failure -> assertThat(error(failure)).isEqualTo("EADDRINUSE"));
        first.close();
        first.close();
        Listener second = network.listen("here");
        first.close(); // not the second
        assertThatThrownBy(() -> network.listen("here")).isInstanceOf(NetException.class);
        second.close();
    }

    @Test
    void theEndsHaveAddresses() throws Exception {
        Sluice.run(() -> {
            try (Pair pair = open()) {
                assertThat(pair.near().remote()).hasToString("memory:here");
                assertThat(pair.far().local()).hasToString("memory:here");
                assertThat(pair.far().remote()).isEqualTo(pair.near().local());
            }
        });
    }

    @Test
    void aCloseEndsAcceptsAndResetsThoseWhoWait() throws Exception {
        Sluice.run(() -> {
            try (var group = TaskGroup.open()) {
                Listener listener = network.listen("here");
                Task<Void> accepting = group.start("accept", () -> {
                    assertThat(listener.accept()).isNotNull();
                    assertThatThrownBy(listener::accept)
                            .isInstanceOf(NetException.class)
                            .hasMessageEndingWith("the listener is closed");
                });
                network.connect("here");
                while (listener.statistics().accepted() == 0) {
                    Sluice.yield();
                }
                Deadline.after(ofMillis(1)).tryRun(() -> accepting.outcome());
                listener.close();
                accepting.get();

                Listener other = network.listen("here");
                Connection waiting = network.connect("here");
                other.close();
                assertThatThrownBy(() -> waiting.read(new byte[1], 0, 1))
                        .isInstanceOfSatisfying(
                                NetException.class,
                                gone -> assertThat(gone.isPeerGone()).isTrue());
                group.join();
            }
        });
    }

    @Test
    void whoFindsTheBacklogFullWaitsAndCanBeCancelled() throws Exception {
        Sluice.run(() -> Deadline.after(java.time.Duration.ofSeconds(60)).run(() -> {
            try (Listener listener = network.listen("here")) {
                List<Connection> waiting = new ArrayList<>();
                boolean room;
                do {
                    room = Deadline.after(ofMillis(50)).tryRun(() -> waiting.add(network.connect("here")));
                } while (room);
                assertThat(waiting).hasSize(128);
                for (int i = 0; i < waiting.size(); i++) {
                    listener.accept();
                }
                assertThat(Deadline.after(ofMillis(50)).tryRun(listener::accept))
                        .as("a connect that was cancelled has left nothing")
                        .isFalse();
            }
        }));
    }
}

package dev.sluice.websocket;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.io.ByteReader;
import dev.sluice.net.Connection;
import dev.sluice.net.Listener;
import dev.sluice.net.Listener.Limits;
import dev.sluice.net.Memory;
import dev.sluice.net.NetException;
import dev.sluice.task.Deadline;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import dev.sluice.testing.Simulated;
import dev.sluice.testing.Simulation;
import dev.sluice.websocket.WebSocket.Goodbye;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;

/// How WebSockets end, in virtual time and in many orders: by a listener that is closed, with an output that stays
/// open, and beside cancellations.
@Tag("needs-opens")
@SuppressWarnings("try") // a close in the middle is what is tested
class GoodbyeTest {
    private static final Goodbye GOING_AWAY = new Goodbye(1001, "");

    private interface Body {
        void run(Memory.Network network, TaskGroup<Object, Void> group) throws Exception;
    }

    /// Runs a body beside a server, which is closed behind it.
    ///
    /// @return how long the server went on after that
    private static Duration served(Simulation simulation, WebSocket.Handler handler, Body body) throws Exception {
        Memory.Network network = Memory.network();
        Duration[] closed = new Duration[1];
        TaskGroup.run(group -> {
            Listener listener = network.listen("shop");
            group.start("server", () -> listener.serve(new Limits(10, ofSeconds(30)), WebSocket.serving(handler)));
            body.run(network, group);
            listener.close();
            closed[0] = simulation.elapsed();
        });
        return simulation.elapsed().minus(closed[0]);
    }

    private static WebSocket connect(Memory.Network network) throws IOException {
        return WebSocket.connect(network.connect("shop"), "shop", "/");
    }

    private static String text(Optional<Message> message) {
        return message.orElseThrow() instanceof Message.Text(String text) ? text : "binary";
    }

    private static void echo(WebSocket socket, Duration pause) throws Exception {
        for (var asked = socket.receive(); asked.isPresent(); asked = socket.receive()) {
            Sluice.sleep(pause);
            socket.send(asked.get());
        }
    }

    @Simulated(seeds = 25)
    void whoSaysNothingIsToldThatTheServerGoesAway(Simulation simulation) throws Exception {
        Duration took = served(simulation, socket -> echo(socket, Duration.ZERO), (network, group) -> {
            for (int i = 0; i < 3; i++) {
                WebSocket client = connect(network);
                group.start("client", () -> {
                    assertThat(client.receive()).isEmpty();
                    assertThat(client.goodbye()).contains(GOING_AWAY);
                    client.close();
                });
            }
            Sluice.sleep(ofSeconds(1));
        });
        assertThat(took).isLessThan(ofMillis(100));
    }

    @Simulated(seeds = 25)
    void whatWasReceivedIsAnsweredFirst(Simulation simulation) throws Exception {
        Duration took = served(simulation, socket -> echo(socket, ofSeconds(4)), (network, group) -> {
            WebSocket client = connect(network);
            client.send("a question");
            Sluice.sleep(ofSeconds(1));
            group.start("client", () -> {
                assertThat(text(client.receive())).isEqualTo("a question");
                assertThat(client.receive()).isEmpty();
                assertThat(client.goodbye()).contains(GOING_AWAY);
                client.close();
            });
        });
        assertThat(took).isBetween(ofSeconds(3), ofMillis(3_100));
    }

    @Simulated(seeds = 25)
    void whatComesBeforeTheClientHearsOfItIsReceived(Simulation simulation) throws Exception {
        List<String> came = new ArrayList<>();
        Duration took = served(
                simulation,
                socket -> {
                    for (var next = socket.receive(); next.isPresent(); next = socket.receive()) {
                        came.add(text(next));
                    }
                    assertThatThrownBy(() -> socket.send("too late")).isInstanceOf(NetException.class);
                },
                (network, group) -> {
                    WebSocket client = connect(network);
                    group.start("client", () -> {
                        Sluice.sleep(ofSeconds(2)); // the server has said goodbye
                        client.send("one");
                        client.send("two");
                        client.close();
                        assertThat(client.goodbye()).contains(GOING_AWAY);
                    });
                    Sluice.sleep(ofSeconds(1));
                });
        assertThat(came).containsExactly("one", "two");
        assertThat(took).isBetween(ofSeconds(1), ofMillis(1_100));
    }

    @Simulated(seeds = 25)
    void aClientThatDoesNotAnswerIsCut(Simulation simulation) throws Exception {
        Duration took = served(simulation, socket -> echo(socket, Duration.ZERO), (network, group) -> {
            Connection silent = network.connect("shop");
            WebSocket.connect(silent, "shop", "/");
            Sluice.sleep(ofSeconds(1));
            group.start(
                    "silent",
                    () -> assertThat(ByteReader.over(silent).readExactly(4))
                            .containsExactly(0x88, 2, 1001 >> 8, 1001 & 0xff));
        });
        assertThat(took).isEqualTo(ofSeconds(30));
    }

    @Simulated(seeds = 25)
    void whoComesWhileTheListenerIsClosedIsToldAsWell(Simulation simulation) throws Exception {
        Duration took = served(simulation, socket -> echo(socket, Duration.ZERO), (network, group) -> {
            Connection connection = network.connect("shop");
            Sluice.sleep(ofSeconds(1)); // it is served, and has not shaken hands
            group.start("late", () -> {
                Sluice.sleep(ofSeconds(1));
                WebSocket client = WebSocket.connect(connection, "shop", "/");
                assertThat(client.receive()).isEmpty();
                assertThat(client.goodbye()).contains(GOING_AWAY);
                client.close();
            });
        });
        assertThat(took).isBetween(ofSeconds(1), ofMillis(1_100));
    }

    @Simulated(seeds = 25)
    void aClientThatReadsLateIsReceivedFrom(Simulation simulation) throws Exception {
        byte[] much = new byte[1 << 19];
        List<Message> came = new ArrayList<>();
        Duration took = served(
                simulation,
                socket -> TaskGroup.run(group -> {
                    group.start("send", () -> socket.send(much)); // and nobody reads
                    for (var next = socket.receive(); next.isPresent(); next = socket.receive()) {
                        came.add(next.get());
                    }
                }),
                (network, group) -> {
                    WebSocket client = connect(network);
                    group.start("client", () -> {
                        Sluice.sleep(ofSeconds(2)); // the listener is closed
                        client.send(much);
                        assertThat(client.receive()).contains(new Message.Binary(much));
                        client.close();
                        assertThat(client.goodbye()).contains(GOING_AWAY);
                    });
                    Sluice.sleep(ofSeconds(1));
                });
        assertThat(came).containsExactly(new Message.Binary(much));
        assertThat(took).isBetween(ofSeconds(1), ofMillis(1_100));
    }

    // ---- an output that stays open

    private interface Pair {
        void run(WebSocket client, WebSocket server, TaskGroup<Object, Void> group) throws Exception;
    }

    private static void connected(WebSocketConfig config, Pair body) throws Exception {
        Memory.Pair pair = Memory.pair("test");
        TaskGroup.run(group -> {
            Task<WebSocket> accepting =
                    group.start("accept", () -> WebSocket.accept(pair.far(), config, request -> true));
            WebSocket client = WebSocket.connect(pair.near(), "localhost", "/", config);
            body.run(client, accepting.get(), group);
            pair.near().abort();
        });
    }

    @Simulated(seeds = 25)
    void whoHearsGoodbyeCanAnswerWhereTheConfigSaysSo(Simulation simulation) throws Exception {
        connected(WebSocketConfig.defaults().withHalfOpen(true), (client, server, group) -> {
            client.send("the last");
            client.closeOutput();
            assertThat(text(server.receive())).isEqualTo("the last");
            assertThat(server.receive()).isEmpty();
            assertThat(server.receive()).isEmpty();
            Sluice.sleep(ofSeconds(60));
            server.send("late");
            server.send("later");
            Task<?> closing = group.start("close", () -> server.close(3001, "now, too"));
            assertThat(text(client.receive())).isEqualTo("late");
            assertThat(text(client.receive())).isEqualTo("later");
            assertThat(client.receive()).isEmpty();
            assertThat(client.goodbye()).contains(new Goodbye(3001, "now, too"));
            assertThat(server.goodbye()).contains(new Goodbye(1000, ""));
            client.close();
            closing.get();
        });
    }

    @Simulated(seeds = 25)
    void aLateAnswerSaysWhatThePeerHasSaid(Simulation simulation) throws Exception {
        connected(WebSocketConfig.defaults().withHalfOpen(true), (client, server, group) -> {
            Task<?> closing = group.start("close", () -> client.close(3000, "enough"));
            assertThat(server.receive()).isEmpty();
            server.close();
            closing.get();
            assertThat(client.goodbye()).contains(new Goodbye(3000, ""));
        });
    }

    @Simulated(seeds = 25)
    void otherwiseTheGoodbyeIsAnsweredAtOnce(Simulation simulation) throws Exception {
        connected(WebSocketConfig.defaults(), (client, server, group) -> {
            client.closeOutput();
            assertThat(server.receive()).isEmpty();
            assertThatThrownBy(() -> server.send("late")).isInstanceOf(NetException.class);
            assertThat(client.receive()).isEmpty();
        });
    }

    // ---- cancellation

    @Simulated(seeds = 25)
    void aGoodbyeThatWasCancelledCanBeSaidAgain(Simulation simulation) throws Exception {
        connected(WebSocketConfig.defaults(), (client, server, group) -> {
            byte[] much = new byte[1 << 20];
            boolean sent = Deadline.after(ofSeconds(1)).tryRun(() -> client.send(much));
            assertThat(sent).as("all of it found room").isFalse();
            assertThat(Deadline.after(ofSeconds(1)).tryRun(client::closeOutput)).isFalse();
            Task<Optional<Message>> receiving = group.start("receive", server::receive);
            client.closeOutput();
            assertThat(receiving.get()).contains(new Message.Binary(much));
            assertThat(server.receive()).isEmpty();
            assertThat(server.goodbye()).contains(new Goodbye(1000, ""));
        });
    }

    @Simulated(seeds = 3)
    void aGoodbyeThatWasCutIsFinished(Simulation simulation) throws Exception {
        int room = capacity();
        assertThat(room).as("so that the head of a message has 8 bytes").isBetween(1_000, 65_536);
        for (int left = 1; left < 8; left++) {
            byte[] much = new byte[room - 8 - left];
            connected(WebSocketConfig.defaults(), (client, server, group) -> {
                client.send(much);
                assertThat(Deadline.after(ofSeconds(1)).tryRun(client::closeOutput))
                        .isFalse();
                Task<Optional<Message>> receiving = group.start("receive", server::receive);
                client.closeOutput();
                assertThat(receiving.get()).contains(new Message.Binary(much));
                assertThat(server.receive()).isEmpty();
                assertThat(server.goodbye()).contains(new Goodbye(1000, ""));
            });
        }
    }

    /// How many bytes a connection of memory takes that nobody reads.
    private static int capacity() throws IOException {
        Connection connection = Memory.pair("full").near();
        int[] taken = new int[1];
        Deadline.after(ofSeconds(1)).tryRun(() -> {
            while (true) {
                connection.write(new byte[1]);
                taken[0]++;
            }
        });
        return taken[0];
    }
}

package dev.sluice.websocket;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.io.ByteReader;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.net.Memory;
import dev.sluice.net.NetException;
import dev.sluice.task.Action;
import dev.sluice.task.Deadline;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import dev.sluice.websocket.WebSocket.Goodbye;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Both ends of a WebSocket.
@SuppressWarnings("try") // a close in the middle is what is tested
class WebSocketTest {
    private static void run(Action<?> body) throws Exception {
        LoopsConfig config = LoopsConfig.defaults().withStallLimit(ofSeconds(20));
        Sluice.run(config, () -> Deadline.after(ofSeconds(60)).named("test").run(body));
    }

    private interface Body {
        void run(WebSocket client, WebSocket server, TaskGroup<Object, Void> group) throws Exception;
    }

    private static void connected(WebSocketConfig config, Body body) throws Exception {
        run(() -> {
            Memory.Pair pair = Memory.pair("test");
            try (var group = TaskGroup.open()) {
                Task<WebSocket> accepting =
                        group.start("accept", () -> WebSocket.accept(pair.far(), config, request -> true));
                WebSocket client = WebSocket.connect(pair.near(), "localhost", "/chat?room=1", config);
                body.run(client, accepting.get(), group);
                pair.near().abort();
                group.join();
            }
        });
    }

    private static String text(Optional<Message> message) {
        return message.orElseThrow() instanceof Message.Text(String text) ? text : "binary";
    }

    @Test
    void messagesPassInBothDirections() throws Exception {
        connected(WebSocketConfig.defaults(), (client, server, group) -> {
            assertThat(server.path()).isEqualTo("/chat?room=1");
            assertThat(server.protocol()).isEmpty();
            for (int size : new int[] {0, 1, 125, 126, 127, 65_535, 65_536, 300_000}) {
                String sent = "ü".repeat(size / 2) + "x".repeat(size % 2);
                Task<Void> sending = group.start("send", () -> client.send(sent));
                assertThat(text(server.receive())).isEqualTo(sent);
                sending.get();
                byte[] bytes = new byte[size];
                new SplittableRandom(size).nextBytes(bytes);
                Task<Void> answering = group.start("answer", () -> server.send(bytes));
                assertThat(client.receive()).contains(new Message.Binary(bytes));
                answering.get();
            }
        });
    }

    @Test
    void theProtocolInsideIsAgreedOn() throws Exception {
        connected(WebSocketConfig.defaults().withProtocols("chat", "superchat"), (client, server, group) -> {
            assertThat(client.protocol()).contains("chat");
            assertThat(server.protocol()).contains("chat");
        });
    }

    @Test
    void goodbyesAreSaidByBoth() throws Exception {
        connected(WebSocketConfig.defaults(), (client, server, group) -> {
            client.send("the last");
            Task<?> closing = group.start("close", () -> client.close(3001, "enough"));
            assertThat(text(server.receive())).isEqualTo("the last");
            for (int i = 0; i < 3; i++) {
                assertThat(server.receive()).isEmpty();
            }
            assertThat(server.goodbye()).contains(new Goodbye(3001, "enough"));
            assertThatThrownBy(() -> server.send("too late")).isInstanceOf(NetException.class);
            server.close();
            server.close();
            closing.get();
            assertThat(client.goodbye().orElseThrow().code()).isEqualTo(3001);
            assertThatThrownBy(() -> client.send("too late")).isInstanceOf(NetException.class);
        });
    }

    @Test
    void whoHasSaidAllHearsWhatWasSentBefore() throws Exception {
        connected(WebSocketConfig.defaults(), (client, server, group) -> {
            server.send("one");
            client.send("the last");
            client.closeOutput();
            client.closeOutput();
            assertThatThrownBy(() -> client.send("too late")).isInstanceOf(NetException.class);
            server.send("two");
            assertThat(text(server.receive())).isEqualTo("the last");
            assertThat(server.receive()).isEmpty();
            assertThat(text(client.receive())).isEqualTo("one");
            assertThat(text(client.receive())).isEqualTo("two");
            assertThat(client.receive()).isEmpty();
            group.start("close", () -> server.close());
            client.close();
        });
    }

    @Test
    void aCloseBesideAReceiverLetsThatEnd() throws Exception {
        connected(WebSocketConfig.defaults(), (client, server, group) -> {
            Task<Optional<Message>> receiving = group.start("receive", client::receive);
            group.start("peer", () -> assertThat(server.receive()).isEmpty());
            Sluice.yield();
            client.close();
            assertThat(receiving.get()).isEmpty();
        });
    }

    @Test
    void aPeerThatDoesNotSayGoodbyeIsLeft() throws Exception {
        connected(WebSocketConfig.defaults().withCloseLimit(ofMillis(50)), (client, server, group) -> {
            client.close();
            assertThatThrownBy(() -> {
                        while (server.receive().isEmpty()) {
                            server.send("x");
                        }
                    })
                    .isInstanceOf(NetException.class);
        });
    }

    @Test
    void anEndWithoutGoodbyeIsAnError() throws Exception {
        run(() -> {
            Memory.Pair pair = Memory.pair("test");
            try (var group = TaskGroup.open()) {
                Task<WebSocket> accepting = group.start("accept", () -> WebSocket.accept(pair.far()));
                WebSocket.connect(pair.near(), "localhost", "/");
                WebSocket server = accepting.get();
                pair.near().closeOutput();
                assertThatThrownBy(server::receive)
                        .isInstanceOfSatisfying(
                                WebSocketException.class,
                                failure -> assertThat(failure.code()).isEqualTo(WebSocketException.NO_GOODBYE));
                group.join();
            }
        });
    }

    @Test
    void pingsAreAnsweredByWhoReceives() throws Exception {
        run(() -> {
            Memory.Pair pair = Memory.pair("test");
            try (var group = TaskGroup.open()) {
                Task<WebSocket> accepting = group.start("accept", () -> WebSocket.accept(pair.far()));
                WebSocket.connect(pair.near(), "localhost", "/");
                WebSocket server = accepting.get();
                Task<Optional<Message>> receiving = group.start("receive", server::receive);
                pair.near().write(Frame.of(Frame.PING, new byte[] {1, 2, 3}, 4711));
                assertThat(ByteReader.over(pair.near()).readExactly(5)).containsExactly(0x8a, 3, 1, 2, 3);
                pair.near().write(Frame.of(Frame.PONG, new byte[9], 4711));
                pair.near().write(Frame.of(Frame.TEXT, new byte[] {'x'}, 4711));
                assertThat(text(receiving.get())).isEqualTo("x");
                group.join();
            }
        });
    }

    @Test
    void manyMaySendAtTheSameTime() throws Exception {
        connected(WebSocketConfig.defaults(), (client, server, group) -> {
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                String message = ("message " + i + " ").repeat(1 + i * 40);
                expected.add(message);
                group.start("send", () -> client.send(message));
            }
            List<String> came = new ArrayList<>();
            while (came.size() < 50) {
                came.add(text(server.receive()));
            }
            assertThat(came).containsExactlyInAnyOrderElementsOf(expected);
        });
    }

    @Test
    void receivesAreCancelledAtAnyMoment() throws Exception {
        connected(WebSocketConfig.defaults(), (client, server, group) -> {
            group.start("send", () -> {
                for (int i = 0; i < 500; i++) {
                    client.send("message " + i + " " + "x".repeat(i * 7));
                    client.ping();
                    Sluice.yield();
                }
            });
            group.start("pongs", () -> {
                try {
                    client.receive();
                } catch (IOException over) {
                    assertThat(over).isInstanceOf(NetException.class);
                }
            });
            var random = new SplittableRandom(9);
            List<String> came = new ArrayList<>();
            while (came.size() < 500) {
                Deadline.after(ofNanos(random.nextInt(50_000))).tryRun(() -> came.add(text(server.receive())));
            }
            for (int i = 0; i < 500; i++) {
                assertThat(came.get(i)).startsWith("message " + i + " ");
            }
        });
    }

    @Test
    void sendsAreCancelledAtAnyMoment() throws Exception {
        connected(WebSocketConfig.defaults(), (client, server, group) -> {
            Task<List<String>> receiving = group.start("receive", () -> {
                List<String> came = new ArrayList<>();
                while (came.isEmpty() || !came.getLast().equals("end")) {
                    came.add(text(server.receive()));
                }
                return came;
            });
            var random = new SplittableRandom(10);
            List<String> surely = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                String message = i + " ".repeat(100_000);
                if (Deadline.after(ofNanos(random.nextInt(200_000))).tryRun(() -> client.send(message))) {
                    surely.add(message);
                }
            }
            client.send("end");
            assertThat(receiving.get())
                    .containsSubsequence(surely)
                    .endsWith("end")
                    .doesNotHaveDuplicates();
        });
    }

    private static String answer(String request) throws Exception {
        var answer = new String[1];
        run(() -> {
            Memory.Pair pair = Memory.pair("test");
            pair.near().write(request.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
            WebSocketConfig config = WebSocketConfig.defaults().withHandshakeLimit(ofSeconds(5));
            assertThatThrownBy(() -> WebSocket.accept(
                            pair.far(), config, asked -> asked.field("Origin").isEmpty()))
                    .isInstanceOf(WebSocketException.class);
            answer[0] = new String(pair.near().readAllBytes(1_000), StandardCharsets.US_ASCII);
        });
        return answer[0];
    }

    @Test
    void whatIsNoHandshakeIsToldSo() throws Exception {
        String fields = """
                Host: x
                Upgrade: websocket
                Connection: keep-alive, Upgrade
                Sec-WebSocket-Version: 13
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
                """;
        assertThat(answer("POST / HTTP/1.1\n" + fields + "\n")).startsWith("HTTP/1.1 400 ");
        assertThat(answer("GET / HTTP/1.1\nHost: x\n\n")).startsWith("HTTP/1.1 426 ");
        assertThat(answer("GET / HTTP/1.1\n" + fields.replace("13", "8") + "\n"))
                .startsWith("HTTP/1.1 426 ")
                .contains("Sec-WebSocket-Version: 13");
        assertThat(answer("GET / HTTP/1.1\n" + fields.replace("ZQ==", "") + "\n"))
                .startsWith("HTTP/1.1 400 ");
        assertThat(answer("GET / HTTP/1.1\n" + fields + "Origin: evil\n\n")).startsWith("HTTP/1.1 403 ");
    }

    @Test
    void theAnswerToAKeyIsThatOfTheSpecification() {
        assertThat(Head.accept("dGhlIHNhbXBsZSBub25jZQ==")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }
}

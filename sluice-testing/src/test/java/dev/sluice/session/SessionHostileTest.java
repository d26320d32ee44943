package dev.sluice.session;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.layer.Frames;
import dev.sluice.layer.Stack;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.net.Memory;
import dev.sluice.net.NetException;
import dev.sluice.session.SessionException.Problem;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Peers that break the rules of calls, flood, or say nothing.
class SessionHostileTest {
    private static final CallFrame.Hello HELLO = new CallFrame.Hello(new SessionConfig.Speech(1, 1, Set.of()), 1_000);
    private static final CallFrame.Wire WIRE = new CallFrame.Wire();

    private static final Service SERVICE = SessionContract.service().with(SessionContract.WAIT, text -> {
        Sluice.sleep(ofSeconds(60));
        return text;
    });

    private interface Body {
        void run(Session session, Frames peer, TaskGroup<Object, Void> group) throws Exception;
    }

    private static void run(SessionConfig config, Body body) throws Exception {
        LoopsConfig loops = LoopsConfig.defaults().withStallLimit(ofSeconds(20));
        Sluice.run(
                loops,
                () -> Deadline.after(ofSeconds(60)).named("test").run(() -> {
                    Memory.Pair pair = Memory.pair("test");
                    Frames peer = Stack.over(pair.far()).frames();
                    try (var group = TaskGroup.open()) {
                        peer.send(HELLO, WIRE);
                        try (Session session =
                                Session.over(Stack.over(pair.near()).frames(), SERVICE, config)) {
                            assertThat(peer.receive(WIRE).orElseThrow()).isInstanceOf(CallFrame.Hello.class);
                            body.run(session, peer, group);
                            peer.abort();
                        }
                        group.join();
                    }
                }));
    }

    private static void send(Frames peer, String hex) throws IOException {
        peer.send(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    /// Sends what the session ends for, maybe while this writes.
    private static void offend(Frames peer, String hex) {
        try {
            send(peer, hex);
        } catch (IOException ended) {
            assertThat(ended).hasMessageContaining("EPIPE");
        }
    }

    /// Asks for the echo of A, as long as it takes.
    private static final String REQUEST = " 0000000000000000 04 6563686f 41";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "63 0000000000000001", // nothing known
                "03 0000000000000001", // an answer to nothing
                "04 0000000000000001 02 00", // likewise
                "05 0000000000000001", // cancels what was not asked
                "05 ffffffffffffffff", // likewise
                "02 0000000000000000" + REQUEST, // numbers begin at 1
                "02 ffffffffffffffff" + REQUEST,
                "01 534c554943450001 00000001 00000001 00000100 00" // hello again
            })
    void whoBreaksTheRulesIsToldSo(String frame) throws Exception {
        run(SessionConfig.defaults(), (session, peer, group) -> {
            offend(peer, frame);
            assertThat(session.awaitEnd()).isEqualTo(Problem.BROKEN_RULES);
            assertThat(peer.receive(WIRE).orElseThrow())
                    .isInstanceOfSatisfying(
                            CallFrame.Goodbye.class,
                            goodbye -> assertThat(goodbye.why()).startsWith("BROKEN_RULES"));
        });
    }

    @Test
    void numbersGoUp() throws Exception {
        run(SessionConfig.defaults(), (session, peer, group) -> {
            send(peer, "02 0000000000000005" + REQUEST);
            assertThat(peer.receive(WIRE).orElseThrow().number()).isEqualTo(5);
            send(peer, "05 0000000000000005"); // too late, which is no mistake
            send(peer, "05 0000000000000003"); // never sent, which nobody knows
            offend(peer, "02 0000000000000005" + REQUEST);
            assertThat(session.awaitEnd()).isEqualTo(Problem.BROKEN_RULES);
        });
    }

    @Test
    void moreCallsThanAreAllowedEndTheSession() throws Exception {
        run(SessionConfig.defaults().withCalls(2), (session, peer, group) -> {
            for (int i = 1; i <= 3; i++) {
                offend(peer, "02 " + HexFormat.of().toHexDigits((long) i) + " 0000000000000000 04 77616974 41");
            }
            assertThat(session.awaitEnd()).isEqualTo(Problem.BROKEN_RULES);
        });
    }

    @Test
    void whoAsksAndDoesNotReadFillsNoMemory() throws Exception {
        run(SessionConfig.defaults().withCalls(8), (session, peer, group) -> {
            boolean all = Deadline.after(ofSeconds(2)).tryRun(() -> {
                try {
                    for (int i = 1; i <= 200_000; i++) {
                        send(peer, "06 " + HexFormat.of().toHexDigits((long) i));
                    }
                } catch (IOException ended) {
                    assertThat(session.awaitEnd()).isEqualTo(Problem.BROKEN_RULES);
                }
            });
            assertThat(all).as("the peer was stopped, by an end").isTrue();
        });
    }

    @Test
    void aSilentPeerIsAskedAndGivenUp() throws Exception {
        SessionConfig config =
                SessionConfig.defaults().withKeepAlive(ofMillis(30)).withAnswer(ofMillis(50));
        run(config, (session, peer, group) -> {
            SessionContract.ends(() -> session.call(SessionContract.ECHO, "x"), Problem.NO_ANSWER);
            assertThat(session.awaitEnd()).isEqualTo(Problem.NO_ANSWER);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "48545450", "03 0000000000000001"})
    void whatBeginsWithoutAHelloIsNoSession(String first) throws Exception {
        Sluice.run(() -> Deadline.after(ofSeconds(60)).named("test").run(() -> {
            Memory.Pair pair = Memory.pair("test");
            Frames peer = Stack.over(pair.far()).frames();
            if (!first.isEmpty()) {
                send(peer, first);
            }
            SessionConfig config = SessionConfig.defaults().withAnswer(ofMillis(first.isEmpty() ? 30 : 30_000));
            SessionContract.ends(
                    () -> Session.over(Stack.over(pair.near()).frames(), Service.nothing(), config),
                    first.isEmpty() ? Problem.NO_ANSWER : Problem.BROKEN_RULES);
            peer.abort();
        }));
    }

    @Test
    void randomFramesEndTheSessionAndNothingElse() throws Exception {
        long seed = Long.getLong("sluice.seed", 5);
        var random = new SplittableRandom(seed);
        for (int round = 0; round < 200; round++) {
            run(SessionConfig.defaults().withCalls(4), (session, peer, group) -> {
                var call = group.start("call", () -> {
                    try {
                        session.call(SessionContract.ECHO, "x");
                    } catch (IOException ended) {
                        assertThat(ended)
                                .isInstanceOfAny(SessionException.class, CallFailedException.class, NetException.class);
                    }
                });
                try {
                    for (int i = random.nextInt(20); i >= 0; i--) {
                        peer.send(randomFrame(random));
                    }
                    peer.closeOutput();
                } catch (IOException ended) {
                    assertThat(session.awaitEnd()).isNotNull();
                }
                session.awaitEnd();
                call.get();
            });
        }
    }

    private static byte[] randomFrame(SplittableRandom random) {
        int kind = random.nextInt(10) == 0 ? random.nextInt(256) : random.nextInt(1, 9);
        byte[] frame = new byte[random.nextInt(3) == 0 ? random.nextInt(40) : 9 + random.nextInt(30)];
        random.nextBytes(frame);
        if (frame.length >= 9) {
            Arrays.fill(frame, 1, 8, (byte) 0);
            frame[0] = (byte) kind;
            frame[8] = (byte) random.nextInt(4);
        }
        return frame;
    }
}

package dev.sluice.testing;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.loop.Loop;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.net.Datagrams;
import dev.sluice.net.Datagrams.Datagram;
import dev.sluice.net.NetException;
import dev.sluice.task.Action;
import dev.sluice.task.Deadline;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// What every socket for datagrams does, whatever carries them. A transport is tested by a short subclass; it
/// must lose nothing on one machine as long as its receiver keeps up.
public abstract class DatagramContract {
    /// For the subclass that says which kind.
    protected DatagramContract() {}

    /// A new socket, which receives what is sent to its local address. Called by a coroutine, to which it
    /// belongs.
    protected abstract Datagrams open() throws IOException;

    /// The loops on which the tests run.
    protected LoopsConfig config() {
        return LoopsConfig.defaults();
    }

    /// What is done with two sockets.
    private interface Body {
        void run(Datagrams near, Datagrams far, TaskGroup<Object, Void> group) throws Exception;
    }

    private void run(Action<?> body) throws Exception {
        LoopsConfig two = config().withCount(2).withStallLimit(ofSeconds(10));
        Sluice.run(two, () -> Deadline.after(ofSeconds(60)).named("test").run(body));
    }

    private void opened(Body body) throws Exception {
        run(() -> {
            try (Datagrams near = open();
                    Datagrams far = open();
                    var group = TaskGroup.open()) {
                body.run(near, far, group);
                group.join();
            }
        });
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new SplittableRandom(size).nextBytes(bytes);
        return bytes;
    }

    // ---- moving

    @Test
    void aDatagramKeepsItsBoundsAndItsSender() throws Exception {
        opened((near, far, group) -> {
            for (int size : new int[] {1, 0, 100, 1_472, 9_000}) {
                near.send(Datagram.to(far.local(), random(size)));
                Datagram received = far.receive();
                assertThat(received.bytes()).isEqualTo(random(size));
                assertThat(received.peer()).isEqualTo(near.local());
                assertThat(received.isTruncated()).isFalse();
            }
        });
    }

    @Test
    void anAnswerGoesToThePeer() throws Exception {
        opened((near, far, group) -> {
            group.start("server", () -> {
                for (int i = 0; i < 100; i++) {
                    Datagram question = far.receive();
                    far.send(Datagram.to(question.peer(), "re: " + question.text()));
                }
            });
            for (int i = 0; i < 100; i++) {
                near.send(Datagram.to(far.local(), "question " + i));
                assertThat(near.receive().text()).isEqualTo("re: question " + i);
            }
        });
    }

    @Test
    void severalAreSentAndReceivedAtOnceInTheirOrder() throws Exception {
        opened((near, far, group) -> {
            int count = 40; // more than one system call takes
            Datagram[] all = new Datagram[count];
            Arrays.setAll(all, i -> Datagram.to(far.local(), random(i)));
            Task<?> sender = group.start("sender", () -> near.send(all)); // may wait for the receiver
            List<Datagram> received = new ArrayList<>();
            while (received.size() < count) {
                int before = received.size();
                received.addAll(far.receive(7));
                assertThat(received.size() - before).isBetween(1, 7);
            }
            for (int i = 0; i < count; i++) {
                assertThat(received.get(i).bytes()).isEqualTo(random(i));
            }
            sender.get();
            assertThat(near.statistics().sent()).isEqualTo(count);
            assertThat(far.statistics().received()).isEqualTo(count);
            assertThat(far.statistics().bytesReceived())
                    .isEqualTo(near.statistics().bytesSent());
        });
    }

    @Test
    void severalReceiversShareThem() throws Exception {
        opened((near, far, group) -> {
            List<Task<String>> receivers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                receivers.add(group.start("receiver " + i, () -> far.receive().text()));
            }
            for (int i = 0; i < 3; i++) {
                near.send(Datagram.to(far.local(), "" + i));
            }
            List<String> all = new ArrayList<>();
            for (Task<String> receiver : receivers) {
                all.add(receiver.get());
            }
            assertThat(all).containsExactlyInAnyOrder("0", "1", "2");
        });
    }

    @Test
    void oneThatIsTooLongIsRefusedAndNothingElse() throws Exception {
        opened((near, far, group) -> {
            Datagram good = Datagram.to(far.local(), "good");
            Datagram bad = Datagram.to(far.local(), new byte[300_000]);
            assertThatThrownBy(() -> near.send(good, bad, good))
                    .isInstanceOf(NetException.class)
                    .hasMessageContaining("EMSGSIZE")
                    .hasMessageContaining(far.local().place());
            assertThat(far.receive().text()).isEqualTo("good");
            near.send(Datagram.to(far.local(), "after"));
            assertThat(far.receive().text()).isEqualTo("after");
        });
    }

    // ---- cancellation

    @Test
    void aReceiveThatTimesOutLosesNothing() throws Exception {
        opened((near, far, group) -> {
            for (int i = 0; i < 10; i++) {
                boolean came = Deadline.after(ofMillis(2)).tryRun(() -> far.receive());
                assertThat(came).isFalse();
                near.send(Datagram.to(far.local(), "" + i));
                assertThat(far.receive().text()).isEqualTo("" + i);
            }
        });
    }

    @Test
    void aReceiveIsCancelledAtAnyMoment() throws Exception {
        opened((near, far, group) -> {
            int count = 100; // as many as the kernel keeps for a reader that is late
            group.start("sender", () -> {
                for (int i = 0; i < count; i++) {
                    near.send(Datagram.to(far.local(), "" + i));
                    if (i % 10 == 0) {
                        Sluice.yield();
                    }
                }
            });
            var random = new SplittableRandom(1);
            List<String> received = new ArrayList<>();
            while (received.size() < count) {
                Deadline.after(ofMillis(5).dividedBy(1 + random.nextInt(1_000)))
                        .tryRun(() -> received.add(far.receive().text()));
            }
            for (int i = 0; i < count; i++) {
                assertThat(received.get(i)).isEqualTo("" + i);
            }
        });
    }

    // ---- the end

    @Test
    void aCloseEndsThoseThatWait() throws Exception {
        opened((near, far, group) -> {
            List<Task<?>> receivers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                receivers.add(group.start(
                        "receiver " + i,
                        () -> assertThatThrownBy(far::receive)
                                .isInstanceOf(NetException.class)
                                .hasMessageContaining("closed")));
            }
            for (int i = 0; i < 10; i++) {
                Sluice.yield(); // lets them begin to wait
            }
            far.close();
            for (Task<?> receiver : receivers) {
                receiver.get();
            }
        });
    }

    @Test
    void aClosedSocketRefusesEverything() throws Exception {
        opened((near, far, group) -> {
            far.close();
            far.close();
            assertThatThrownBy(far::receive).isInstanceOf(NetException.class).hasMessageContaining("closed");
            assertThatThrownBy(() -> far.send(Datagram.to(near.local(), "late")))
                    .isInstanceOf(NetException.class)
                    .hasMessageContaining("closed");
        });
    }

    // ---- elsewhere

    @Test
    void anotherLoopMayUseIt() throws Exception {
        opened((near, far, group) -> {
            Loop other = Loop.current().loops().all().getLast();
            Task<?> elsewhere = group.startOn(other, "elsewhere", () -> {
                far.send(Datagram.to(near.local(), "ready"));
                Datagram question = far.receive();
                far.send(Datagram.to(question.peer(), "re: " + question.text()));
            });
            assertThat(near.receive().text()).isEqualTo("ready");
            near.send(Datagram.to(far.local(), "question"));
            assertThat(near.receive().text()).isEqualTo("re: question");
            elsewhere.get();
        });
    }

    @Test
    void offloadedWorkMayUseIt() throws Exception {
        opened((near, far, group) -> {
            group.start(
                    "server",
                    () -> Sluice.offload(() -> {
                        Datagram question = far.receive();
                        far.send(Datagram.to(question.peer(), "re: " + question.text()));
                    }));
            near.send(Datagram.to(far.local(), "question"));
            assertThat(near.receive().text()).isEqualTo("re: question");
        });
    }
}

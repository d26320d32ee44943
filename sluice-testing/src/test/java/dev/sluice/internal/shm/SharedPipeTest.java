package dev.sluice.internal.shm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.channel.Received;
import dev.sluice.codec.Codec;
import dev.sluice.space.Pipe;
import dev.sluice.space.Space;
import dev.sluice.space.SpaceException;
import dev.sluice.space.SpaceException.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SharedPipeTest {
    private static final Pipe.Options SMALL = new Pipe.Options(1024);

    private final String name = "sluice-test-" + UUID.randomUUID();
    private Space space;
    private Space other;

    @BeforeEach
    void open() {
        space = Space.open("shm:" + name);
        other = Space.open("shm:" + name);
    }

    @AfterEach
    void remove() throws IOException {
        space.close();
        other.close();
        try (SharedDirectory directory = directory()) {
            directory.removeAll();
        }
    }

    private SharedDirectory directory() throws IOException {
        return SharedDirectory.open(SharedDirectory.BASE, name);
    }

    private static Pipe<String> end(Space space) {
        return space.pipe("p", Codec.utf8(), SMALL);
    }

    private static void failsWith(Problem problem, ThrowingCallable body) {
        assertThatExceptionOfType(SpaceException.class)
                .isThrownBy(body)
                .satisfies(e -> assertThat(e.problem()).as(e.getMessage()).isEqualTo(problem));
    }

    @Test
    void whoClosesWhileItIsLookedAtHasNotDied() throws IOException {
        try (SharedDirectory directory = directory();
                SharedPipe one = SharedPipe.open(directory, "p", 1024)) {
            SharedPipe two = SharedPipe.open(directory, "p", 1024);
            Steps.watch(label -> {
                if (label.equals("pipe.look")) {
                    Steps.unwatch();
                    two.close();
                }
            });
            assertThat(one.isPeerDead()).isFalse();
            assertThat(one.isSendable()).as("has been closed").isFalse();
        } finally {
            Steps.unwatch();
        }
    }

    @Test
    void bothEndsSendAndReceive() {
        Pipe<String> one = end(space);
        one.send("early");
        assertThat(one.connected()).isFalse();
        Pipe<String> two = end(other);
        one.awaitPeer();
        assertThat(one.connected()).isTrue();
        assertThat(two.receive()).isEqualTo("early");
        for (int i = 0; i < 1000; i++) { // around the ring, with lengths that do not divide it
            two.send("x".repeat(i % 250));
            assertThat(one.receive()).hasSize(i % 250);
        }
        assertThat(one.tryReceive()).isInstanceOf(Received.Empty.class);
        failsWith(Problem.BUSY, () -> end(other));
    }

    @Test
    void aFullOneWaitsForTheReader() throws Exception {
        Pipe<String> one = end(space);
        Pipe<String> two = end(other);
        int sent = 0;
        while (one.trySend("message " + sent)) {
            sent++;
        }
        assertThat(sent).isPositive();
        int all = 5000;
        int first = sent;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> sender = threads.submit(() -> {
                for (int i = first; i < all; i++) {
                    one.send("message " + i);
                }
                one.finish();
            });
            List<String> got = new ArrayList<>();
            for (String message : two) {
                got.add(message);
            }
            sender.get();
            assertThat(got).hasSize(all);
            for (int i = 0; i < all; i++) {
                assertThat(got.get(i)).isEqualTo("message " + i);
            }
        }
        failsWith(Problem.FINISHED, () -> one.send("late"));
        two.send("the other direction goes on");
        assertThat(one.receive()).startsWith("the other");
    }

    @Test
    void afterClosingTheOtherGetsWhatWasSentAndThenTheEnd() {
        Pipe<String> one = end(space);
        Pipe<String> two = end(other);
        one.send("last");
        one.close();
        one.close();
        assertThat(two.receive()).isEqualTo("last");
        assertThat(two.receiveOrEnd()).isInstanceOf(Received.Done.class);
        failsWith(Problem.FINISHED, two::receive);
        failsWith(Problem.PEER_GONE, () -> two.send("nobody"));
        failsWith(Problem.CLOSED, () -> one.send("mine"));
        failsWith(Problem.BUSY, () -> end(space));
        two.close();
        Pipe<String> fresh = end(space);
        assertThat(fresh.tryReceive()).isInstanceOf(Received.Empty.class);
        assertThat(fresh.connected()).isFalse();
    }

    @Test
    void aWaitEndsWhenTheOtherCloses() throws Exception {
        Pipe<String> one = end(space);
        Pipe<String> two = end(other);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Received<String>> waiting = threads.submit(two::receiveOrEnd);
            one.close();
            assertThat(waiting.get()).isInstanceOf(Received.Done.class);
        }
    }

    @Test
    void refusesWhatIsTooLarge() {
        Pipe<String> one = end(space);
        one.send("x".repeat(256));
        failsWith(Problem.TOO_LARGE, () -> one.send("x".repeat(257)));
    }

    @Test
    void whoIsKilledLeavesWhatItHadSent() throws Exception {
        try (SharedDirectory directory = directory()) {
            SharedPipe killed = SharedPipe.open(directory, "p", 1024);
            Pipe<String> two = end(other);
            killed.out().send("sent".getBytes(StandardCharsets.UTF_8), 4);
            killed.abandon();
            assertThat(two.receive()).isEqualTo("sent");
            assertThat(two.receiveOrEnd()).isInstanceOf(Received.Failed.class);
            failsWith(Problem.PEER_GONE, two::receive);
            failsWith(Problem.PEER_GONE, () -> two.send("nobody"));
            two.close();
            assertThat(end(space).connected()).isFalse();
        }
    }

    @Test
    void killedAtEachStepTheOtherEndGetsWholeMessagesAndTheEnd() throws Exception {
        Set<String> labels = new HashSet<>();
        int passed = Integer.MAX_VALUE;
        for (int step = 0; step < passed; step++) {
            String pipe = "p" + step;
            List<String> sent = new ArrayList<>();
            List<String> begun = new ArrayList<>();
            try (SharedDirectory directory = directory();
                    Pipe<String> mine = space.pipe(pipe, Codec.utf8(), SMALL)) {
                mine.send("for the victim");
                SharedPipe[] opened = new SharedPipe[1];
                List<String> steps = Killed.before(step, () -> {
                    opened[0] = SharedPipe.open(directory, pipe, 1024);
                    opened[0].in().tryReceive(new Scratch());
                    for (String message : List.of("a", "b".repeat(200), "c")) {
                        begun.add(message);
                        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
                        opened[0].out().send(bytes, bytes.length);
                        sent.add(message);
                    }
                });
                if (opened[0] != null) {
                    opened[0].abandon();
                }
                labels.addAll(steps);
                passed = steps.size() <= step ? step : Integer.MAX_VALUE;
                List<String> got = new ArrayList<>();
                if (opened[0] != null) {
                    Received<String> next = mine.receiveOrEnd();
                    while (next instanceof Received.Value<String>(String message)) {
                        got.add(message);
                        next = mine.receiveOrEnd();
                    }
                    assertThat(next).as("killed at %s", steps).isInstanceOf(Received.Failed.class);
                }
                assertThat(got).as("killed at %s", steps).containsAll(sent);
                assertThat(begun.subList(0, got.size()))
                        .as("killed at %s", steps)
                        .isEqualTo(got);
            }
        }
        assertThat(labels)
                .contains(
                        "pipe.take",
                        "pipe.taken",
                        "pipe.free",
                        "pipe.freed",
                        "pipe.write",
                        "pipe.publish",
                        "pipe.published");
    }
}

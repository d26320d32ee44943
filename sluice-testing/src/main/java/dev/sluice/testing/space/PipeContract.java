package dev.sluice.testing.space;

import static dev.sluice.testing.Actors.await;
import static dev.sluice.testing.Actors.everywhere;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.Received;
import dev.sluice.codec.Codec;
import dev.sluice.space.Pipe;
import dev.sluice.space.Space;
import dev.sluice.space.SpaceException.Problem;
import dev.sluice.task.CancelScope;
import dev.sluice.task.TaskGroup;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What the pipes of every space do.
public abstract class PipeContract extends SpaceFixture {
    private static final Pipe.Options SMALL = new Pipe.Options(1024);

    /// For the subclass that says which space.
    protected PipeContract() {}

    /// Both ends of a new pipe.
    private record Ends(Pipe<String> near, Pipe<String> far) {}

    private static Ends pipe(Space space) {
        String name = fresh();
        return new Ends(space.pipe(name, Codec.utf8(), SMALL), space.pipe(name, Codec.utf8(), SMALL));
    }

    /// Fills one direction.
    private static int fill(Pipe<String> pipe) {
        int sent = 0;
        while (pipe.trySend("message " + sent)) {
            sent++;
        }
        assertThat(sent).isGreaterThan(1);
        return sent;
    }

    @Test
    void messagesGoBothWaysInOrder() {
        Space space = open();
        everywhere(actors -> {
            Ends ends = pipe(space);
            actors.start(() -> {
                for (int i = 0; i < 300; i++) {
                    ends.near.send("question " + i);
                    assertThat(ends.near.receive()).isEqualTo("answer to question " + i);
                }
                ends.near.finish();
            });
            actors.start(() -> {
                for (String question : ends.far) {
                    ends.far.send("answer to " + question);
                }
                ends.far.close();
            });
            actors.join();
            assertThat(ends.near.receiveOrEnd()).isEqualTo(new Received.Done<>());
        });
    }

    @Test
    void aPipeHasTwoEnds() {
        Space one = open();
        Space two = open();
        String name = fresh();
        Pipe<String> near = one.pipe(name, String.class);
        assertThat(near.connected()).isFalse();
        near.send("early");
        Pipe<String> far = two.pipe(name, String.class);
        assertThat(near.connected()).isTrue();
        assertThat(far.connected()).isTrue();
        assertFails(Problem.BUSY, () -> two.pipe(name, String.class));
        assertThat(far.receive()).isEqualTo("early");
        near.close();
        assertThat(far.connected()).isFalse();
        assertFails(Problem.BUSY, () -> two.pipe(name, String.class));
        far.close();
        try (Pipe<String> next = two.pipe(name, String.class)) {
            assertThat(next.connected()).as("a new one").isFalse();
            assertThat(next.tryReceive()).isEqualTo(new Received.Empty<>());
        }
    }

    @Test
    void oneWaitsForTheOtherEnd() {
        Space space = open();
        everywhere(actors -> {
            String name = fresh();
            Pipe<String> near = space.pipe(name, String.class);
            var waiter = actors.start(near::awaitPeer);
            assertThat(waiter).isNotDone();
            Pipe<String> far = space.pipe(name, String.class);
            actors.join();
            far.awaitPeer();
            far.close();
            near.close();
        });
    }

    @Test
    void aSenderWaitsForRoom() {
        Space space = open();
        everywhere(actors -> {
            Ends ends = pipe(space);
            int sent = fill(ends.near);
            var sender = actors.start(() -> ends.near.send("last"));
            assertThat(sender).isNotDone();
            for (int i = 0; i < sent; i++) {
                assertThat(ends.far.receive()).isEqualTo("message " + i);
            }
            assertThat(ends.far.receive()).isEqualTo("last");
            actors.join();
            assertThat(ends.far.tryReceive()).isEqualTo(new Received.Empty<>());
        });
    }

    @Test
    void aClosedEndLetsTheOtherDrain() {
        Ends ends = pipe(open());
        ends.near.send("one");
        ends.far.send("lost");
        ends.near.close();
        ends.near.close();
        assertThat(ends.far.receive()).isEqualTo("one");
        assertThat(ends.far.receiveOrEnd()).isEqualTo(new Received.Done<>());
        assertThat(ends.far.tryReceive()).isEqualTo(new Received.Done<>());
        assertThat(ends.far.iterator().hasNext()).isFalse();
        assertFails(Problem.FINISHED, ends.far::receive);
        assertFails(Problem.PEER_GONE, () -> ends.far.send("to nobody"));
        assertFails(Problem.PEER_GONE, () -> ends.far.trySend("to nobody"));
        assertFails(Problem.CLOSED, () -> ends.near.send("closed"));
        assertFails(Problem.CLOSED, ends.near::receive);
    }

    @Test
    void anAbortedEndHasNotEndedWhatItSent() {
        Space space = open();
        everywhere(actors -> {
            Ends ends = pipe(space);
            ends.near.send("one");
            ends.near.abort();
            ends.near.abort();
            ends.near.close();
            assertThat(ends.far.receive()).isEqualTo("one");
            assertThat(ends.far.receiveOrEnd()).isInstanceOf(Received.Failed.class);
            assertThat(ends.far.tryReceive()).isInstanceOf(Received.Failed.class);
            assertFails(Problem.PEER_GONE, ends.far::receive);
            assertFails(Problem.PEER_GONE, () -> ends.far.send("to nobody"));
            assertFails(Problem.CLOSED, ends.near::receive);
            ends.far.close();

            Ends waiting = pipe(space);
            actors.start(() -> assertFails(Problem.PEER_GONE, waiting.far::receive));
            waiting.near.abort();
            actors.join();

            Ends finished = pipe(space);
            finished.near.finish();
            finished.near.abort();
            assertThat(finished.far.receiveOrEnd()).isEqualTo(new Received.Done<>());
        });
    }

    @Test
    void aFinishedEndGoesOnReceiving() {
        Ends ends = pipe(open());
        ends.near.send("one");
        assertThat(ends.near.finish()).isTrue();
        assertThat(ends.near.finish()).isFalse();
        assertFails(Problem.FINISHED, () -> ends.near.send("two"));
        assertThat(ends.far.receive()).isEqualTo("one");
        assertThat(ends.far.receiveOrEnd()).isEqualTo(new Received.Done<>());
        ends.far.send("back");
        assertThat(ends.near.receive()).isEqualTo("back");
    }

    @Test
    void closingEndsThoseWhoWait() {
        Space space = open();
        everywhere(actors -> {
            Ends ends = pipe(space);
            fill(ends.near);
            var receiver =
                    actors.start(() -> assertThat(ends.near.receiveOrEnd()).isEqualTo(new Received.Done<>()));
            var sender = actors.start(() -> assertFails(Problem.PEER_GONE, () -> ends.near.send("more")));
            assertThat(receiver).isNotDone();
            assertThat(sender).isNotDone();
            ends.far.close();
            actors.join();
            ends.near.close();

            Ends own = pipe(space);
            actors.start(() -> assertFails(Problem.CLOSED, own.near::receive));
            own.near.close();
            actors.join();
        });
    }

    @Test
    void closingASpaceClosesItsEnds() {
        Space stays = open();
        everywhere(actors -> {
            Space goes = open();
            String name = fresh();
            Pipe<String> near = stays.pipe(name, String.class);
            Pipe<String> far = goes.pipe(name, String.class);
            far.send("before");
            var receiver = actors.start(() -> assertFails(Problem.CLOSED, far::receive));
            assertThat(receiver).isNotDone();
            goes.close();
            actors.join();
            assertThat(near.receive()).isEqualTo("before");
            assertThat(near.receiveOrEnd()).isEqualTo(new Received.Done<>());
            near.close();
        });
    }

    @Test
    void messagesHaveALimit() {
        Space space = open();
        String name = fresh();
        Pipe<byte[]> near = space.pipe(name, Codec.raw(), SMALL);
        Pipe<byte[]> far = space.pipe(name, Codec.raw(), SMALL);
        byte[] largest = new byte[SMALL.largestMessage()];
        Arrays.fill(largest, (byte) 7);
        for (int round = 0; round < 20; round++) { // around the ring, if it is one
            near.send(largest);
            near.send(new byte[0]);
            assertThat(far.receive()).isEqualTo(largest);
            assertThat(far.receive()).isEmpty();
        }
        assertFails(Problem.TOO_LARGE, () -> near.send(new byte[SMALL.largestMessage() + 1]));
    }

    @Test
    void eachMessageGoesToOneReceiver() {
        Space space = open();
        everywhere(actors -> {
            Ends ends = pipe(space);
            List<String> received = java.util.Collections.synchronizedList(new ArrayList<>());
            for (int party = 0; party < 2; party++) {
                actors.start(() -> ends.far.forEach(received::add));
            }
            var senders = new ArrayList<java.util.concurrent.CompletableFuture<Void>>();
            for (int party = 0; party < 2; party++) {
                int own = party;
                senders.add(actors.start(() -> {
                    for (int i = 0; i < 100; i++) {
                        ends.near.send(own + "/" + i);
                    }
                }));
            }
            for (var sender : senders) {
                actors.join(sender);
            }
            ends.near.finish();
            actors.join();
            assertThat(received).hasSize(200).doesNotHaveDuplicates();
        });
    }

    @Test
    void aCancelledReceiveLeavesTheMessage() {
        Space space = open();
        everywhere(actors -> {
            Ends ends = pipe(space);
            var scope = new AtomicReference<CancelScope>();
            actors.start(() -> assertThat(CancelScope.run(own -> {
                        scope.set(own);
                        ends.far.receive();
                    }))
                    .isFalse());
            await("it is about to wait", () -> scope.get() != null);
            scope.get().cancel("enough");
            actors.join();
            ends.near.send("one");
            assertThat(ends.far.receive()).isEqualTo("one");
        });
    }

    /// One space for each run, with both ends, and what arrived.
    private record Run(Space space, Pipe<byte[]> near, Pipe<byte[]> far, List<Byte> received) {}

    @Test
    @Tag("needs-opens")
    void cancelledAtAnySuspensionNothingIsLost() throws Exception {
        int cancelled = cancelEverywhere(
                () -> {
                    Space space = another();
                    return new Run(
                            space,
                            space.pipe("p", Codec.raw(), SMALL),
                            space.pipe("p", Codec.raw(), SMALL),
                            new ArrayList<>());
                },
                run -> {
                    try (var group = TaskGroup.open()) {
                        group.start("send", () -> {
                            for (byte i = 0; i < 8; i++) {
                                byte[] message = new byte[200];
                                message[0] = i;
                                run.near.send(message);
                            }
                        });
                        group.start("receive", () -> {
                            for (int i = 0; i < 8; i++) {
                                run.received.add(run.far.receive()[0]);
                            }
                        });
                        group.join();
                    }
                },
                run -> {
                    run.near.finish();
                    run.far.forEach(message -> run.received.add(message[0]));
                    for (byte i = 0; i < run.received.size(); i++) {
                        assertThat(run.received.get(i)).isEqualTo(i);
                    }
                    run.space.close();
                });
        assertThat(cancelled).isGreaterThan(10);
    }
}

package dev.sluice.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.internal.testkit.Duel;
import dev.sluice.internal.testkit.Patience;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

/// See also the models in the stress module, which try all orders.
class InboxTest {
    private final Inbox inbox = new Inbox();

    private static Runnable named(String name) {
        return new Runnable() {
            @Override
            public void run() {}

            @Override
            public String toString() {
                return name;
            }
        };
    }

    private static List<String> names(Inbox.Node node) {
        List<String> names = new ArrayList<>();
        for (Inbox.Node next = node; next != null; next = next.next) {
            names.add(next.action + (next.continuation ? "!" : ""));
        }
        return names;
    }

    @Test
    void itGivesEverythingOldestFirst() {
        assertThat(inbox.hasWork()).isFalse();
        assertThat(inbox.drain()).isNull();
        assertThat(inbox.push(named("a"), false)).isEqualTo(Inbox.Pushed.QUEUED);
        assertThat(inbox.push(named("b"), true)).isEqualTo(Inbox.Pushed.QUEUED);
        assertThat(inbox.push(named("c"), false)).isEqualTo(Inbox.Pushed.QUEUED);
        assertThat(inbox.hasWork()).isTrue();
        assertThat(names(inbox.drain())).containsExactly("a", "b!", "c");
        assertThat(inbox.drain()).isNull();
    }

    @Test
    void onlyTheFirstPushWakesTheSleeper() {
        assertThat(inbox.trySleep()).isTrue();
        assertThat(inbox.hasWork()).isFalse();
        assertThat(inbox.push(named("a"), false)).isEqualTo(Inbox.Pushed.WAKE);
        assertThat(inbox.push(named("b"), false)).isEqualTo(Inbox.Pushed.QUEUED);
        inbox.awake();
        assertThat(names(inbox.drain())).containsExactly("a", "b");
        assertThat(inbox.trySleep()).isTrue();
        inbox.awake();
        assertThat(inbox.push(named("c"), false)).as("awake again").isEqualTo(Inbox.Pushed.QUEUED);
        assertThat(inbox.trySleep()).as("with work").isFalse();
        assertThat(names(inbox.drain())).containsExactly("c");
    }

    @Test
    void aClosedInboxRefuses() {
        assertThat(inbox.push(named("a"), false)).isEqualTo(Inbox.Pushed.QUEUED);
        assertThat(inbox.isClosed()).isFalse();
        assertThat(names(inbox.close())).containsExactly("a");
        assertThat(inbox.isClosed()).isTrue();
        assertThat(inbox.push(named("b"), false)).isEqualTo(Inbox.Pushed.CLOSED);
        assertThat(inbox.close()).isNull();
        assertThat(inbox.drain()).isNull();
        assertThat(inbox.trySleep()).isFalse();
    }

    @Test
    void aSleeperMayBeClosed() {
        assertThat(inbox.trySleep()).isTrue();
        assertThat(inbox.close()).isNull();
        inbox.awake();
        assertThat(inbox.push(named("a"), false)).isEqualTo(Inbox.Pushed.CLOSED);
    }

    @Test
    void eachPushArrivesOnceAndInItsThreadsOrder() throws Exception {
        int senders = 3;
        int each = 20_000;
        var received = new AtomicIntegerArray(senders);
        var wrong = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int sender = 0; sender < senders; sender++) {
            int me = sender;
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < each; i++) {
                    int number = i;
                    inbox.push(
                            () -> {
                                if (received.getAndIncrement(me) != number) {
                                    wrong.incrementAndGet();
                                }
                            },
                            false);
                }
            }));
        }
        Patience.until("all have arrived", () -> {
            for (Inbox.Node node = inbox.drain(); node != null; node = node.next) {
                node.action.run();
            }
            return received.get(0) == each && received.get(1) == each && received.get(2) == each;
        });
        assertThat(wrong).hasValue(0);
        for (Thread thread : threads) {
            Patience.join(thread);
        }
    }

    /// Either the pusher is told to wake the loop, or the loop does not fall asleep.
    @Test
    void sleepAgainstPush() throws Exception {
        var pushed = new Inbox.Pushed[1];
        Duel.fight(
                Duel.ROUNDS,
                new Duel.Judge() {
                    private boolean asleep;

                    @Override
                    public void act() {
                        asleep = inbox.trySleep();
                    }

                    @Override
                    public void look() {
                        assertThat(pushed[0] == Inbox.Pushed.WAKE).isEqualTo(asleep);
                        assertThat(names(inbox.drain())).containsExactly("x");
                        inbox.awake();
                    }
                },
                () -> pushed[0] = inbox.push(named("x"), false));
    }
}

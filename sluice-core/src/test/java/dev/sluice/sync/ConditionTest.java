package dev.sluice.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.sync.Parties.Party;
import dev.sluice.sync.Parties.Place;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ConditionTest {
    private final Lock lock = new Lock("box");
    private final Condition changed = lock.condition("changed");
    private final List<Integer> order = Collections.synchronizedList(new ArrayList<>());

    private Party startAwaiting(Parties parties, int number) {
        return parties.startWaiting(
                this::awaiting,
                () -> lock.run(() -> {
                    changed.await();
                    assertThat(lock.isHeldByCaller()).isTrue();
                    order.add(number);
                }));
    }

    private List<String> awaiting() {
        return changed.statistics().waiters();
    }

    @ParameterizedTest
    @EnumSource
    void signalsGoToThoseWhoWaitInTheirOrder(Place place) throws Exception {
        try (var parties = new Parties(place)) {
            for (int i = 0; i < 4; i++) {
                startAwaiting(parties, i);
            }
            lock.run(() -> {
                changed.signal();
                changed.signal();
                assertThat(awaiting()).containsExactly(parties.name(2), parties.name(3));
                assertThat(lock.statistics().waiters()).containsExactly(parties.name(0), parties.name(1));
            });
            Parties.until(() -> order.size() == 2);
            lock.run(changed::signalAll);
            parties.join();
        }
        assertThat(order).containsExactly(0, 1, 2, 3);
    }

    @ParameterizedTest
    @EnumSource
    void cancelledWaitHasTheLockAgain(Place place) throws Exception {
        try (var parties = new Parties(place)) {
            List<Boolean> held = Collections.synchronizedList(new ArrayList<>());
            Party party = parties.start(() -> lock.run(() -> {
                try {
                    changed.await();
                } finally {
                    held.add(lock.isHeldByCaller());
                }
            }));
            Parties.until(() -> awaiting().size() == 1);
            lock.acquire();
            party.cancel();
            Parties.until(() -> awaiting().isEmpty());
            Parties.until(() -> lock.statistics().waiters().size() == 1);
            assertThat(held).isEmpty();
            lock.release();
            assertThat(party.join()).isFalse();
            assertThat(held).containsExactly(true);
        }
    }

    @ParameterizedTest
    @EnumSource
    void signalOfACancelledWaiterGoesToTheNext(Place place) throws Exception {
        try (var parties = new Parties(place)) {
            Party first = startAwaiting(parties, 0);
            startAwaiting(parties, 1);
            lock.acquire();
            changed.signal();
            first.cancel(); // has the signal and not yet the lock
            Parties.until(() -> awaiting().isEmpty());
            lock.release();
            assertThat(first.join()).isFalse();
            parties.join();
        }
        assertThat(order).containsExactly(1);
    }

    @Test
    void onlyTheOwnerMayUseIt() {
        assertThatThrownBy(changed::await)
                .isInstanceOf(OwnershipException.class)
                .hasMessageStartingWith("await condition changed of lock box: owner=nobody, expected the caller ");
        assertThatThrownBy(() -> changed.awaitUntil(() -> true)).isInstanceOf(OwnershipException.class);
        assertThatThrownBy(changed::signal)
                .isInstanceOf(OwnershipException.class)
                .hasMessageStartingWith("signal condition changed of lock box: ");
        assertThatThrownBy(changed::signalAll).isInstanceOf(OwnershipException.class);
    }

    @Test
    void signalWithoutWaitersIsNotKept() throws Exception {
        lock.run(() -> {
            changed.signal();
            changed.signalAll();
        });
        try (var parties = new Parties(Place.ONE_LOOP)) {
            Party party = startAwaiting(parties, 0);
            party.cancel();
            assertThat(party.join()).isFalse();
        }
    }

    @Test
    void reentrantOwnerHasAllItsHoldsAgain() throws Exception {
        Lock again = Lock.reentrant("again");
        Condition signalled = again.condition("signalled");
        try (var parties = new Parties(Place.MIXED)) {
            parties.start(() -> {
                again.acquire();
                again.acquire();
                signalled.await();
                again.release();
                assertThat(again.isHeldByCaller()).isTrue();
                again.release();
                assertThat(again.isHeldByCaller()).isFalse();
            });
            Parties.until(() -> signalled.statistics().waiters().size() == 1);
            again.run(signalled::signal);
            parties.join();
        }
    }

    /// A bounded buffer: if a signal were lost, somebody would wait for ever.
    @ParameterizedTest
    @EnumSource
    void boundedBuffer(Place place) throws Exception {
        int count = 2000;
        Condition notFull = lock.condition("not full");
        ArrayDeque<Integer> buffer = new ArrayDeque<>();
        long[] sum = new long[1];
        try (var parties = new Parties(place)) {
            for (int p = 0; p < 2; p++) {
                parties.start(() -> {
                    for (int i = 0; i < count; i++) {
                        int value = i;
                        lock.run(() -> {
                            notFull.awaitUntil(() -> buffer.size() < 3);
                            buffer.add(value);
                            changed.signal();
                        });
                    }
                });
                parties.start(() -> {
                    for (int i = 0; i < count; i++) {
                        lock.run(() -> {
                            changed.awaitUntil(() -> !buffer.isEmpty());
                            sum[0] += buffer.remove();
                            notFull.signal();
                        });
                    }
                });
            }
            parties.join();
        }
        assertThat(sum[0]).isEqualTo((long) count * (count - 1));
    }

    @Test
    void waiterIsShown() throws Exception {
        try (var parties = new Parties(Place.ONE_LOOP)) {
            startAwaiting(parties, 0);
            assertThat(changed).hasToString("condition changed of lock box");
            lock.run(changed::signal);
            parties.join();
        }
        Sluice.run(() -> assertThat(lock).hasToString("lock box"));
    }
}

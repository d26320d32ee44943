package dev.sluice.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class IdleSpinTest {
    /// A microsecond passes between two looks at it.
    private static final class Ticking implements Clock {
        long nanos;

        @Override
        public long nanoTime() {
            return nanos += 1000;
        }

        @Override
        public Instant now() {
            return Instant.EPOCH.plusNanos(nanos);
        }
    }

    private final Ticking clock = new Ticking();
    private final IdleSpin spin = new IdleSpin(clock, true);

    private boolean looks() {
        long before = clock.nanos;
        spin.look(token -> true, 0, null);
        return clock.nanos > before;
    }

    @Test
    void sleepsAtFirst() {
        assertThat(looks()).isFalse();
    }

    @Test
    void looksAfterASleepThatAnotherThreadEndedSoon() {
        spin.slept(IdleSpin.SHORT_NANOS - 1, true);
        assertThat(spin.look(token -> token == 7, 7, null)).isTrue();
    }

    @Test
    void aSleepThatTookLongOrThatInputEndedEarnsNothing() {
        spin.slept(IdleSpin.SHORT_NANOS, true);
        spin.slept(1, false);
        assertThat(looks()).isFalse();
    }

    @Test
    void aLookEndsInTimeAndIsNotRepeatedBeforeTheNextSleep() {
        for (int i = 0; i < LookCredit.MOST; i++) {
            spin.slept(1, true);
        }
        long before = clock.nanos;
        assertThat(spin.look(token -> false, 0, null)).isFalse();
        assertThat(clock.nanos - before).isBetween(IdleSpin.LIMIT_NANOS, IdleSpin.LIMIT_NANOS + 2000);
        assertThat(looks()).isFalse();
        spin.slept(1, true);
        assertThat(looks()).as("there is credit left").isTrue();
    }

    @Test
    void longWaitsCostMoreThanShortOnesEarn() {
        for (int i = 0; i < LookCredit.MOST; i++) {
            spin.slept(1, true);
        }
        for (int i = 0; i < LookCredit.MOST / LookCredit.LONG_COSTS; i++) {
            long before = clock.nanos;
            spin.look(token -> false, 0, null);
            assertThat(clock.nanos).isGreaterThan(before);
            spin.slept(IdleSpin.SHORT_NANOS, true);
        }
        assertThat(looks()).isFalse();
    }

    /// Two threads share a processor: what the one waits for happens when it lets the other run.
    private IdleSpin whoseWaitOthersEnd(AtomicBoolean over, long runFor) {
        return new IdleSpin(clock, true, new GiveWay(clock, () -> {
            clock.nanos += runFor;
            over.set(true);
        }));
    }

    @Test
    void whoLooksLetsOthersEndTheWait() {
        var over = new AtomicBoolean();
        IdleSpin shared = whoseWaitOthersEnd(over, GiveWay.OTHERS_NANOS);
        shared.slept(1, true);
        long before = clock.nanos;
        for (int look = 1; look <= 1000; look++) {
            over.set(false);
            assertThat(shared.look(token -> over.get(), 0, null)).isTrue();
            assertThat(clock.nanos - before).isLessThan(look * IdleSpin.LIMIT_NANOS / 2);
        }
    }

    @Test
    void givesWayAtOnceIfThatHelpedTheLastTime() {
        var over = new AtomicBoolean();
        var looks = new AtomicInteger();
        IdleSpin shared = whoseWaitOthersEnd(over, GiveWay.OTHERS_NANOS);
        IdleSpin.Wait wait = token -> {
            looks.incrementAndGet();
            return over.get();
        };
        shared.slept(1, true);
        shared.look(wait, 0, null);
        int first = looks.getAndSet(0);
        over.set(false);
        shared.look(wait, 0, null);
        assertThat(looks.getAndSet(0)).isEqualTo(2).isLessThan(first);
        shared.look(token -> true, 0, null); // over by itself
        over.set(false);
        shared.look(wait, 0, null);
        assertThat(looks.get()).isEqualTo(first);
    }

    @Test
    void aStrangerWhoTakesLongDoesNotMakeALookOneInVain() {
        var over = new AtomicBoolean();
        IdleSpin shared = whoseWaitOthersEnd(over, 3_000_000);
        shared.slept(1, true);
        assertThat(shared.look(token -> over.get(), 0, null)).isTrue();
        assertThat(shared.look(token -> true, 0, null)).isTrue();
    }

    /// As two threads do that share a processor, where giving way is no use: none of their looks pays.
    @Test
    void looksInVainBecomeRare() {
        List<Integer> sleepsBeforeLooks = new ArrayList<>();
        for (int look = 0; look < 9; look++) {
            sleepsBeforeLooks.add(shortSleepsBeforeALook());
            spin.slept(1, true); // the one after the look in vain
        }
        assertThat(sleepsBeforeLooks).containsExactly(1, 1, 2, 4, 8, 16, 32, 64, 64);
    }

    @Test
    void looksThatPayMakeThemFrequentAgain() {
        for (int look = 0; look < 9; look++) {
            shortSleepsBeforeALook();
            spin.slept(1, true);
        }
        while (!looks()) {
            spin.slept(1, true);
        }
        for (int paid = 1; paid < 6; paid++) {
            assertThat(looks()).isTrue();
        }
        spin.slept(IdleSpin.SHORT_NANOS, true);
        spin.slept(IdleSpin.SHORT_NANOS, true); // no credit is left
        assertThat(shortSleepsBeforeALook()).isEqualTo(1);
        spin.slept(1, true);
        assertThat(shortSleepsBeforeALook()).isEqualTo(1);
    }

    @Test
    void waitingLongDoesNotMakeLooksMoreFrequent() {
        for (int look = 0; look < 4; look++) {
            shortSleepsBeforeALook();
            spin.slept(1, true);
        }
        for (int idle = 0; idle < 10; idle++) {
            spin.slept(IdleSpin.SHORT_NANOS, true);
        }
        assertThat(shortSleepsBeforeALook()).isEqualTo(8);
    }

    /// Sleeps shortly until it looks, in vain.
    private int shortSleepsBeforeALook() {
        for (int sleeps = 0; ; sleeps++) {
            long before = clock.nanos;
            spin.look(token -> false, 0, null);
            if (clock.nanos > before) {
                return sleeps;
            }
            spin.slept(1, true);
        }
    }

    @Test
    void givesWayToWhatIsHandedOver() {
        spin.slept(1, true);
        Inbox inbox = new Inbox();
        inbox.push(() -> {}, true);
        assertThat(spin.look(token -> false, 0, inbox)).isFalse();
        spin.slept(1, true);
        assertThat(looks()).isTrue();
    }

    @Test
    void aSimulationNeverLooks() {
        var simulated = new IdleSpin(clock, false);
        simulated.slept(1, true);
        assertThat(simulated.look(token -> true, 0, null)).isFalse();
    }
}

package dev.sluice.internal.shm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.internal.loop.LookCredit;
import dev.sluice.internal.strand.Strand;
import dev.sluice.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WaitSpinTest {
    /// A microsecond passes between two looks at it, or more.
    private static final class Ticking implements Clock {
        long nanos;
        long step = 1000;

        @Override
        public long nanoTime() {
            return nanos += step;
        }

        @Override
        public Instant now() {
            return Instant.EPOCH.plusNanos(nanos);
        }
    }

    private final Ticking clock = new Ticking();
    private final WaitSpin spin = new WaitSpin(new Calls(), clock, true);

    private boolean looksInVain() {
        long before = clock.nanos;
        assertThat(spin.look(Strand.current(), () -> false)).isFalse();
        return clock.nanos > before;
    }

    private void sleep(long nanos) {
        long begun = spin.sleeps();
        clock.nanos += nanos;
        spin.slept(begun);
    }

    @Test
    void looksAtFirst() {
        assertThat(spin.look(Strand.current(), () -> true)).isTrue();
    }

    @Test
    void aLookEndsInTime() {
        long before = clock.nanos;
        assertThat(looksInVain()).isTrue();
        assertThat(clock.nanos - before).isBetween(WaitSpin.LIMIT_NANOS, WaitSpin.LIMIT_NANOS + 2000);
    }

    /// As one does that waits for somebody who takes his time.
    @Test
    void whoWaitsLongSleepsAtOnce() {
        assertThat(looksInVain()).isTrue();
        for (int wait = 0; wait < 1000; wait++) {
            sleep(WaitSpin.SHORT_NANOS);
            assertThat(looksInVain()).as("wait %s", wait).isFalse();
        }
    }

    @Test
    void shortWaitsMakeItLookAgain() {
        looksInVain();
        sleep(1);
        sleep(1);
        assertThat(spin.look(Strand.current(), () -> true)).isTrue();
    }

    @Test
    void longWaitsCostMoreThanLooksThatPayEarn() {
        for (int i = 0; i < 2 * LookCredit.MOST; i++) {
            assertThat(spin.look(Strand.current(), () -> true)).isTrue();
        }
        for (int i = 0; i < LookCredit.MOST / LookCredit.LONG_COSTS; i++) {
            assertThat(looksInVain()).isTrue();
            sleep(WaitSpin.SHORT_NANOS);
        }
        assertThat(looksInVain()).isFalse();
    }

    /// As with a partner that answers a little too late each time: at most one wait of 64 is looked for.
    @Test
    void looksInVainBecomeRare() {
        looksInVain();
        sleep(1);
        List<Integer> sleepsBeforeLooks = new ArrayList<>();
        for (int look = 0; look < 9; look++) {
            int sleeps = 0;
            while (!looksInVain()) {
                sleep(1);
                sleeps++;
            }
            sleepsBeforeLooks.add(sleeps);
            sleep(1); // the one after the look in vain
        }
        assertThat(sleepsBeforeLooks).containsExactly(1, 2, 4, 8, 16, 32, 64, 64, 64);
    }

    @Test
    void whoeverGetsTheProcessorBackLateSleepsTheNextTime() {
        for (int i = 0; i < LookCredit.MOST; i++) {
            assertThat(spin.look(Strand.current(), () -> true)).isTrue();
        }
        clock.step = WaitSpin.LIMIT_NANOS;
        assertThat(looksInVain()).isTrue();
        clock.step = 1000;
        assertThat(looksInVain()).isFalse();
    }

    @Test
    void whoeverIsAloneNeverLooks() {
        var alone = new WaitSpin(new Calls(), clock, false);
        assertThat(alone.look(Strand.current(), () -> true)).isFalse();
    }
}

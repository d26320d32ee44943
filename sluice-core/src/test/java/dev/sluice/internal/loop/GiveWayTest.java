package dev.sluice.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.time.Clock;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("no-loop")
class GiveWayTest {
    private static final long NOBODY = GiveWay.OTHERS_NANOS - 1;
    private static final long PARTNER = GiveWay.OTHERS_NANOS;
    private static final long STRANGER = 3_000_000;
    private static final long SECOND = 1_000_000_000;

    /// A clock that goes on while others run.
    private static final class Others implements Clock, Runnable {
        long nanos = -SECOND;
        long runFor;
        int runs;

        @Override
        public long nanoTime() {
            return nanos;
        }

        @Override
        public Instant now() {
            return Instant.EPOCH.plusNanos(nanos);
        }

        @Override
        public void run() {
            nanos += runFor;
            runs++;
        }
    }

    private final Others others = new Others();
    private final GiveWay giveWay = new GiveWay(others, others);

    private boolean gives(long runFor) {
        others.runFor = runFor;
        return giveWay.within(others.nanos);
    }

    private boolean hasBudget() {
        int before = others.runs;
        boolean partnerRan = gives(PARTNER);
        assertThat(partnerRan).isEqualTo(others.runs > before);
        return partnerRan;
    }

    private void useUp() {
        while (hasBudget()) {
            gives(STRANGER);
        }
    }

    @Test
    void tellsAPartnerFromNobodyAndFromAStranger() {
        assertThat(gives(NOBODY)).isFalse();
        assertThat(gives(PARTNER)).isTrue();
        assertThat(gives(GiveWay.STRANGERS_NANOS - 1)).isTrue();
        assertThat(gives(GiveWay.STRANGERS_NANOS)).isFalse();
        assertThat(others.runs).isEqualTo(4);
    }

    @Test
    void partnersAreFree() {
        for (int i = 0; i < 100_000; i++) {
            assertThat(gives(PARTNER)).isTrue();
        }
    }

    @Test
    void strangersUseTheBudgetUp() {
        int most = (int) (GiveWay.MOST_NANOS / STRANGER) + 1;
        for (int i = 0; i < most; i++) {
            gives(STRANGER);
        }
        assertThat(others.runs).isEqualTo(most);
        assertThat(hasBudget()).isFalse();
    }

    @Test
    void timeGivesItBack() {
        useUp();
        others.nanos += GiveWay.ONE_PART_OF * STRANGER;
        assertThat(hasBudget()).isTrue();
        useUp();
        others.nanos += 100 * SECOND;
        int before = others.runs;
        useUp();
        assertThat(others.runs - before).as("no more than at first").isLessThan(10);
    }

    @Test
    void strangersGetASixteenthOfTheTime() {
        long start = others.nanos;
        long theirs = 0;
        while (others.nanos - start < 10 * SECOND) {
            int before = others.runs;
            gives(STRANGER);
            theirs += (others.runs - before) * STRANGER;
            others.nanos += 10_000; // what the thread itself does
        }
        long most = 10 * SECOND / GiveWay.ONE_PART_OF + GiveWay.MOST_NANOS + STRANGER;
        assertThat(theirs).isBetween(SECOND / GiveWay.ONE_PART_OF, most);
    }

    @Test
    void sleepsThatWereSparedPayForStrangers() {
        for (int slice = 0; slice < 100; slice++) {
            for (long spared = 0; spared < STRANGER; spared += GiveWay.SPARED_NANOS) {
                assertThat(gives(PARTNER)).isTrue();
                giveWay.spared();
            }
            gives(STRANGER);
        }
        assertThat(hasBudget()).isTrue();
    }
}

package dev.sluice.internal.poll;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.internal.poll.UringSlots.Slot;
import dev.sluice.internal.poll.UringSlots.State;
import java.util.HashSet;
import org.junit.jupiter.api.Test;

class UringSlotsTest {
    @Test
    void findsNothingUnderAnOldTag() {
        var slots = new UringSlots(10);
        var operation = new Recorded();
        Slot slot = slots.take(operation);
        long tag = slot.tag();
        assertThat(slots.byTag(tag)).isSameAs(slot);
        slots.free(slot);
        assertThat(slots.byTag(tag)).isNull();
        assertThat(slots.of(operation)).isNull();
        Slot again = slots.take(operation);
        assertThat(again).isSameAs(slot);
        assertThat(slots.byTag(tag)).as("the slot is taken, but by another").isNull();
        assertThat(slots.byTag(again.tag())).isSameAs(again);
    }

    @Test
    void givesEachItsOwnTagForEver() {
        var slots = new UringSlots(1_000);
        var tags = new HashSet<Long>();
        for (int round = 0; round < 10; round++) {
            var operations = new Recorded[300];
            for (int i = 0; i < operations.length; i++) {
                operations[i] = new Recorded();
                Slot slot = slots.take(operations[i]);
                assertThat(slot.state).isEqualTo(State.QUEUED);
                assertThat(slot.tag()).isNotNegative();
                assertThat(tags.add(slot.tag())).isTrue();
            }
            for (Recorded operation : operations) {
                slots.free(slots.of(operation));
            }
        }
    }

    @Test
    void endsAtItsLimit() {
        var slots = new UringSlots(2);
        Slot first = slots.take(new Recorded());
        assertThat(slots.take(new Recorded())).isNotNull();
        assertThat(slots.take(new Recorded())).isNull();
        slots.free(first);
        assertThat(slots.take(new Recorded())).isSameAs(first);
    }

    @Test
    void doesNotStumbleOverForeignTags() {
        var slots = new UringSlots(10);
        slots.take(new Recorded());
        assertThat(slots.byTag(-1)).isNull();
        assertThat(slots.byTag(Long.MIN_VALUE)).isNull();
        assertThat(slots.byTag(9)).isNull();
        assertThat(slots.byTag(0xFFFF_FFFFL)).isNull();
    }
}

package dev.sluice.testing.space;

import static dev.sluice.testing.Actors.everywhere;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.codec.Codec;
import dev.sluice.space.Array;
import dev.sluice.space.Space;
import dev.sluice.space.SpaceException.Problem;
import dev.sluice.space.Value;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// What the values and arrays of every space do.
public abstract class ValueContract extends SpaceFixture {
    /// For the subclass that says which space.
    protected ValueContract() {}

    record Pair(long one, long same, String text) {
        static Pair of(long number) {
            return new Pair(number, number, "x".repeat((int) (number % 50)));
        }
    }

    @Test
    void aValueIsWhatItWasSetTo() {
        Space one = open();
        Space two = open();
        Value<Pair> value = one.value(fresh(), Pair.class, Pair.of(1));
        Value<Pair> same = two.value(value.name(), Pair.class, Pair.of(2));
        assertThat(same.get()).as("as it was made").isEqualTo(Pair.of(1));
        long version = same.set(Pair.of(3));
        assertThat(value.read()).isEqualTo(new Value.Versioned<>(Pair.of(3), version));
        assertThat(value.compareAndSet(version + 1, Pair.of(4))).isEmpty();
        assertThat(value.compareAndSet(version, Pair.of(4)).getAsLong()).isGreaterThan(version);
        assertThat(same.get()).isEqualTo(Pair.of(4));
        assertThat(value.update(now -> Pair.of(now.one() + 1))).isEqualTo(Pair.of(5));
        one.close();
        assertFails(Problem.CLOSED, value::get);
        assertFails(Problem.CLOSED, () -> value.set(Pair.of(1)));
    }

    @Test
    void itIsNeverAMixture() {
        Space space = open();
        everywhere(actors -> {
            Value<Pair> value = space.value(fresh(), Pair.class, Pair.of(0));
            var over = new AtomicBoolean();
            for (int party = 0; party < 2; party++) {
                Value<Pair> own = open().value(value.name(), Pair.class, Pair.of(0));
                actors.start(() -> {
                    for (int i = 0; i < 300; i++) {
                        own.update(now -> Pair.of(now.one() + 1));
                    }
                });
            }
            var reader = actors.start(() -> {
                do {
                    Pair now = value.get();
                    assertThat(now).isEqualTo(Pair.of(now.one()));
                    dev.sluice.Sluice.yield();
                } while (!over.get());
            });
            actors.start(() -> {
                assertThat(value.await(now -> now.one() >= 600)).isEqualTo(Pair.of(600));
                over.set(true);
            });
            actors.join();
            assertThat(reader).isDone();
        });
    }

    @Test
    void aValueHasALimit() {
        Value<String> value = open().value(fresh(), Codec.utf8(), "", new Value.Options(10));
        assertFails(Problem.TOO_LARGE, () -> value.set("x".repeat(11)));
        value.set("x".repeat(10));
        assertThat(value.get()).hasSize(10);
        assertFails(
                Problem.TOO_LARGE, () -> open().value(fresh(), Codec.utf8(), "x".repeat(11), new Value.Options(10)));
    }

    @Test
    void oneWaitsForAChange() {
        Space space = open();
        everywhere(actors -> {
            Value<Integer> value = space.value(fresh(), Integer.class, 0);
            long version = value.read().version();
            var waiter = actors.start(
                    () -> assertThat(value.awaitChange(version).value()).isEqualTo(1));
            assertThat(waiter).isNotDone();
            value.set(1);
            actors.join();
            assertThat(value.awaitChange(version).value()).isEqualTo(1);
            Space goes = open();
            Value<Integer> other = goes.value(value.name(), Integer.class, 0);
            actors.start(() -> assertFails(Problem.CLOSED, () -> other.await(now -> now > 1)));
            goes.close();
            actors.join();
        });
    }

    @Test
    void numbersOfAnArrayChangeInOneStep() {
        Space space = open();
        everywhere(actors -> {
            Array array = space.array(fresh(), 5);
            for (int party = 0; party < 3; party++) {
                Array own = open().array(array.name(), 5);
                actors.start(() -> {
                    for (int i = 0; i < 1000; i++) {
                        own.add(i % 5, 1);
                    }
                });
            }
            actors.join();
            long[] all = new long[5];
            array.read(0, all);
            assertThat(all).containsOnly(600);
        });
    }

    @Test
    void anArrayHoldsNumbersOfBothKinds() {
        Space space = open();
        Array array = space.array(fresh(), 4);
        assertThat(array.length()).isEqualTo(4);
        assertThat(array.get(3)).isZero();
        array.set(0, -7);
        array.setDouble(1, 0.1);
        array.write(2, new long[] {Long.MAX_VALUE, 9});
        assertThat(array.get(0)).isEqualTo(-7);
        assertThat(array.getDouble(1)).isEqualTo(0.1);
        assertThat(array.add(2, 1)).isEqualTo(Long.MIN_VALUE);
        assertThat(array.compareAndSet(3, 8, 1)).isFalse();
        assertThat(array.compareAndSet(3, 9, 1)).isTrue();
        for (int bad : new int[] {-1, 4, Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> array.get(bad)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> array.set(bad, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        }
        assertThatThrownBy(() -> array.read(3, new long[2])).isInstanceOf(IndexOutOfBoundsException.class);
        assertFails(Problem.MISMATCH, () -> open().array(array.name(), 5));
        assertThatThrownBy(() -> space.array(fresh(), 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theMemoryOfAnArrayIsTheArray() {
        Space space = open();
        Array array = space.array(fresh(), 4);
        assertThat(array.memory().isPresent()).isEqualTo(space.capabilities().sharedMemory());
        array.memory().ifPresent(memory -> {
            assertThat(memory.capacity()).isEqualTo(32);
            array.set(1, 77);
            assertThat(memory.getLong(8)).isEqualTo(77);
            memory.putLong(24, 5);
            ByteBuffer other = open().array(array.name(), 4).memory().orElseThrow();
            assertThat(other.getLong(24)).isEqualTo(array.get(3)).isEqualTo(5);
        });
        space.close();
        assertFails(Problem.CLOSED, () -> array.get(0));
        assertFails(Problem.CLOSED, array::memory);
    }
}

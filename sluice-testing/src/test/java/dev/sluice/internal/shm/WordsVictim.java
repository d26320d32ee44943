package dev.sluice.internal.shm;

import dev.sluice.space.Space;
import dev.sluice.space.Value;

/// A process that has one of everything small, and writes a value until it is killed.
///
/// Argument: the space's address.
final class WordsVictim {
    static final int PERMITS = 2;

    /// Whole, or found not to be.
    record Twice(long one, long same, String text) {
        static Twice of(long number) {
            return new Twice(number, number, String.valueOf(number).repeat(20));
        }

        boolean isWhole() {
            return equals(of(one));
        }
    }

    private WordsVictim() {}

    static Value<Twice> value(Space space) {
        return space.value("value", Twice.class, Twice.of(0));
    }

    static void main(String[] arguments) {
        try (Space space = Space.open(arguments[0])) {
            space.lock("lock").acquire();
            space.semaphore("permits", PERMITS).acquire();
            Value<Twice> value = value(space);
            space.event("ready").set();
            for (long number = 1; number < Long.MAX_VALUE; number++) {
                value.set(Twice.of(number));
                space.counter("written").add(1);
            }
        }
    }
}

package dev.sluice.examples;

import dev.sluice.Sluice;
import dev.sluice.task.TaskGroup;
import java.time.Duration;

/// Three countdowns, first one after another, then at the same time.
final class Countdowns {
    static void main() {
        Sluice.run(Countdowns::oneAfterAnother);
        Sluice.run(Countdowns::atTheSameTime);
    }

    // tag::sequential
    static void oneAfterAnother() {
        countdown("red", 3);
        countdown("green", 3);
        countdown("blue", 3);
    }

    static void countdown(String name, int from) {
        for (int n = from; n > 0; n--) {
            IO.println(name + " " + n);
            Sluice.sleep(Duration.ofMillis(100));
        }
    }
    // end::sequential

    // tag::concurrent
    static void atTheSameTime() {
        try (var group = TaskGroup.open()) {
            group.start("red", () -> countdown("red", 3));
            group.start("green", () -> countdown("green", 3));
            group.start("blue", () -> countdown("blue", 3));
            group.join();
        }
    }
    // end::concurrent
}

package dev.sluice.examples;

import dev.sluice.Sluice;
import dev.sluice.sync.Lock;
import dev.sluice.task.TaskGroup;
import java.time.Duration;
import java.util.List;

/// Dining philosophers: the deadlock, the report that names them, and the cure.
final class Philosophers {
    // tag::main
    static final List<Lock> FORKS = List.of(new Lock("fork 0"), new Lock("fork 1"), new Lock("fork 2"));

    static void main() {
        Sluice.run(() -> {
            try (var table = TaskGroup.open()) {
                table.start("Kant", () -> eat("Kant", 0, 1)); // the left one first: all may wait for the right one
                table.start("Laozi", () -> eat("Laozi", 1, 2));
                table.start("Plato", () -> eat("Plato", 2, 0));
                Sluice.sleep(Duration.ofMillis(200));
                Sluice.waitGraph().circles().forEach(IO::println);
                table.cancel("nobody eats");
            }
            TaskGroup.run(table -> {
                table.start("Kant", () -> eat("Kant", 0, 1));
                table.start("Laozi", () -> eat("Laozi", 1, 2));
                table.start("Plato", () -> eat("Plato", 0, 2)); // the cure: all in the same order
            });
        });
    }

    static void eat(String name, int first, int second) {
        FORKS.get(first).run(() -> {
            Sluice.sleep(Duration.ofMillis(10));
            FORKS.get(second).run(() -> IO.println(name + " eats"));
        });
    }
    // end::main
}

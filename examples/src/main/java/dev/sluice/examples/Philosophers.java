package dev.sluice.examples;

import static java.time.Duration.ofMillis;

import dev.sluice.Sluice;
import dev.sluice.sync.Lock;
import dev.sluice.task.CancelScope;
import dev.sluice.task.TaskGroup;
import java.util.List;

/// Dining philosophers: the deadlock, the report that names them, and the cure.
final class Philosophers {
    // tag::main
    static final List<String> NAMES = List.of("Kant", "Laozi", "Plato");
    static final List<Lock> FORKS = List.of(new Lock("fork 0"), new Lock("fork 1"), new Lock("fork 2"));

    static void main() {
        Sluice.run(() -> {
            CancelScope.run(evening -> {
                try (var table = TaskGroup.open()) {
                    for (int i = 0; i < 3; i++) {
                        sit(table, i, i, (i + 1) % 3); // the left one first: all may hold one and wait for the next
                    }
                    Sluice.sleep(ofMillis(200));
                    Sluice.waitGraph().circles().forEach(IO::println);
                    evening.cancel("nobody eats");
                    table.join();
                }
            });
            try (var table = TaskGroup.open()) {
                for (int i = 0; i < 3; i++) {
                    int right = (i + 1) % 3;
                    sit(table, i, Math.min(i, right), Math.max(i, right)); // the cure: all in the same order
                }
                table.join();
            }
        });
    }

    static void sit(TaskGroup<Object, Void> table, int who, int first, int second) {
        table.start(
                NAMES.get(who),
                () -> FORKS.get(first).run(() -> {
                    Sluice.sleep(ofMillis(10));
                    FORKS.get(second).run(() -> IO.println(NAMES.get(who) + " eats"));
                }));
    }
    // end::main
}

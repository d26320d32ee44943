package dev.sluice.examples;

import dev.sluice.Sluice;
import dev.sluice.loop.Loop;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.sync.ReadWriteLock;
import dev.sluice.task.TaskGroup;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// A cache that tasks of two loops read, and that each value is written to once.
final class Cache {
    // tag::main
    static final ReadWriteLock LOCK = new ReadWriteLock("squares");
    static final Map<Integer, Integer> SQUARES = new HashMap<>(); // guarded by LOCK

    static void main() {
        Sluice.run(LoopsConfig.defaults().withCount(2), () -> {
            try (var group = TaskGroup.open()) {
                for (Loop loop : Loop.current().loops().all()) {
                    group.startOn(loop, loop.name(), () -> IO.println(square(2) + square(3) + square(2)));
                }
                group.join();
            }
        });
    }

    static int square(int number) {
        Optional<Integer> known = LOCK.read().call(() -> Optional.ofNullable(SQUARES.get(number)));
        return known.orElseGet(() -> LOCK.write().call(() -> SQUARES.computeIfAbsent(number, Cache::compute)));
    }

    static int compute(int number) {
        IO.println("computing " + number);
        return number * number;
    }
    // end::main
}

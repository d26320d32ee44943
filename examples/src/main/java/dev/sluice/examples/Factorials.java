package dev.sluice.examples;

import dev.sluice.Sluice;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;

/// Two factorials at the same time, and their results.
final class Factorials {
    // tag::main
    static void main() {
        Sluice.run(() -> {
            try (var group = TaskGroup.open()) {
                Task<Long> small = group.start("small", () -> factorial("small", 3));
                Task<Long> large = group.start("large", () -> factorial("large", 5));
                group.join();
                IO.println("sum = " + (small.get() + large.get()));
            }
        });
    }

    static long factorial(String name, int n) {
        long product = 1;
        for (int factor = 2; factor <= n; factor++) {
            product *= factor;
            IO.println(name + ": " + factor + "! = " + product);
            Sluice.yield();
        }
        return product;
    }
    // end::main
}

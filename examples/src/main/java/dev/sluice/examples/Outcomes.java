package dev.sluice.examples;

import dev.sluice.Sluice;
import dev.sluice.task.JoinPolicy;
import dev.sluice.task.Outcome;
import dev.sluice.task.TaskGroup;

/// Three conversions of which one fails, and each runs to its end all the same.
final class Outcomes {
    // tag::main
    static void main() {
        Sluice.run(() -> {
            try (var group = TaskGroup.open(JoinPolicy.<Integer>collectAll())) {
                for (String text : new String[] {"12", "twelve", "0x0c"}) {
                    group.start(text, () -> Integer.decode(text));
                }
                for (Outcome<Integer> outcome : group.join()) {
                    IO.println(describe(outcome));
                }
            }
        });
    }

    static String describe(Outcome<Integer> outcome) {
        return switch (outcome) {
            case Outcome.Succeeded<Integer>(var value) -> "value " + value;
            case Outcome.Failed<Integer>(var failure) -> "failed: " + failure.getMessage();
            case Outcome.Cancelled<Integer>(var reason) -> "cancelled: " + reason.describe();
        };
    }
    // end::main
}

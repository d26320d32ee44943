package dev.sluice.examples;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.sluice.Sluice;
import dev.sluice.task.Deadline;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;

/// Two questions at the same time, with two seconds for both.
final class Overview {
    // tag::main
    static void main() {
        Sluice.run(() -> Deadline.after(ofSeconds(2)).named("offer").run(() -> {
            try (var group = TaskGroup.open()) {
                Task<Integer> stock = group.start("stock", () -> ask("stock", 12));
                Task<Integer> price = group.start("price", () -> ask("price", 99)); // if one fails, the other ends
                group.join(); // nothing of the group is left after it, whatever happened
                IO.println(stock.get() + " pieces at " + price.get());
            }
        }));
    }
    // end::main

    static int ask(String what, int answer) {
        Sluice.sleep(ofMillis(50)); // the other side takes its time, and the loop does something else
        IO.println(what + " has answered");
        return answer;
    }
}

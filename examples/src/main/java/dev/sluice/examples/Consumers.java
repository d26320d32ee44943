package dev.sluice.examples;

import static java.time.Duration.ofMillis;

import dev.sluice.Sluice;
import dev.sluice.channel.Channel;
import dev.sluice.task.TaskGroup;
import java.util.List;

/// A producer and two consumers over a buffer of two.
final class Consumers {
    // tag::main
    static void main() {
        Sluice.run(() -> {
            Channel<Integer> orders = Channel.buffered(2);
            try (var group = TaskGroup.open()) {
                group.start("shop", () -> {
                    for (int order = 1; order <= 6; order++) {
                        orders.send(order); // suspends while two wait
                    }
                    orders.close();
                });
                for (String name : List.of("red", "blue")) {
                    group.start(name, () -> pack(name, orders));
                }
                group.join();
            }
            IO.println("all packed");
        });
    }

    static void pack(String name, Channel<Integer> orders) {
        for (int order : orders) { // until closed
            Sluice.sleep(ofMillis(10));
            IO.println("order " + order + " packed by " + name);
        }
    }
    // end::main
}

package dev.sluice.examples;

import dev.sluice.Sluice;
import dev.sluice.channel.Received;
import dev.sluice.channel.Select;
import dev.sluice.space.Lease;
import dev.sluice.space.Queue;
import dev.sluice.space.Space;
import dev.sluice.task.TaskGroup;

/// Workers wait for the next order, or for the event that stops them all.
final class StopEvent {
    // tag::main
    static void main() {
        Sluice.run(() -> {
            try (Space space = Space.open("local:kitchen"); // "shm:kitchen": also for workers elsewhere
                    var group = TaskGroup.open()) {
                group.start("ann", () -> work("ann", space));
                group.start("bob", () -> work("bob", space));
                Queue<String> orders = space.queue("orders", String.class);
                orders.put("soup");
                orders.put("rice");
                orders.join(); // until they are done
                space.event("closing-time").set();
                group.join();
            }
        });
    }

    static void work(String cook, Space space) {
        var next = Select.<Boolean>of(
                space.event("closing-time").onSet(() -> false),
                space.queue("orders", String.class)
                        .onTaken(taken -> taken instanceof Received.Value<Lease<String>>(var order) && order.done()));
        while (next.await()) {}
        IO.println(cook + " goes home");
    }
    // end::main
}

package dev.sluice.examples;

import dev.sluice.Sluice;
import dev.sluice.space.Lease;
import dev.sluice.space.Queue;
import dev.sluice.space.Space;
import dev.sluice.task.TaskGroup;
import java.util.List;

/// Two workers share a queue. One fails in the middle of its work, and nothing is lost.
final class WorkQueue {
    // tag::main
    static void main() {
        Sluice.run(() -> {
            try (Space space = Space.open("local:photos")) {
                Queue<String> photos = space.queue("photos", String.class);
                List.of("sea", "hill", "town").forEach(photos::put);
                photos.finish(); // no more will come
                TaskGroup.run(group ->
                        List.of("red", "blue").forEach(worker -> group.start(worker, () -> print(photos))));
            }
        });
    }

    static void print(Queue<String> photos) {
        for (Lease<String> lease : photos) { // until all are done
            try (lease) {
                if (lease.item().equals("hill") && lease.delivery() == 1) {
                    throw new IllegalStateException("out of paper");
                }
                IO.println(lease.item() + " printed");
                lease.done(); // or it goes to another worker
            } catch (IllegalStateException failure) {
                IO.println(lease.item() + " goes back: " + failure.getMessage());
            }
        }
    }
    // end::main
}

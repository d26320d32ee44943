package dev.sluice.examples;

import static java.time.Duration.ofSeconds;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelledException;
import dev.sluice.task.TaskFailedException;
import dev.sluice.task.TaskGroup;
import java.io.IOException;

/// Three requests at the same time, of which one fails: the others are cancelled, and nothing is left behind.
final class Gather {
    // tag::main
    static void main() {
        Sluice.run(() -> {
            try (var group = TaskGroup.open()) {
                group.start("stock", () -> request("stock"));
                group.start("image", () -> request("image"));
                group.start("price", () -> {
                    throw new IOException("answer 503");
                });
                group.join();
            } catch (TaskFailedException failure) {
                IO.println(failure.getMessage());
            }
        });
    }

    static void request(String name) {
        try {
            Sluice.sleep(ofSeconds(60)); // the answer takes long
        } catch (CancelledException cancelled) {
            IO.println(name + " ends, " + cancelled.getMessage());
            throw cancelled;
        }
    }
    // end::main
}

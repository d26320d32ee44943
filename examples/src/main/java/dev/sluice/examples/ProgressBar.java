package dev.sluice.examples;

import dev.sluice.Sluice;
import dev.sluice.space.Space;
import dev.sluice.space.sync.SharedCounter;
import dev.sluice.task.TaskGroup;

/// Workers count what they have done; whoever looks shows how far they are.
final class ProgressBar {
    // tag::main
    static final int FRAMES = 20;

    static void main() {
        Sluice.run(() -> {
            try (Space space = Space.open("local:film")) { // "shm:film": also for workers elsewhere
                TaskGroup.run(group -> {
                    group.start("red", () -> render(space));
                    group.start("blue", () -> render(space));
                    SharedCounter done = space.counter("done");
                    for (long seen = 0; seen < FRAMES; ) {
                        seen = done.awaitAtLeast(seen + 1);
                        IO.println("#".repeat((int) seen) + ".".repeat(FRAMES - (int) seen));
                    }
                });
            }
        });
    }

    static void render(Space space) {
        SharedCounter begun = space.counter("begun");
        SharedCounter done = space.counter("done");
        while (begun.add(1) <= FRAMES) {
            Sluice.yield();
            done.add(1);
        }
    }
    // end::main
}

package dev.sluice.examples;

import dev.sluice.Sluice;
import dev.sluice.space.Namespace;
import dev.sluice.space.Namespace.Change;
import dev.sluice.space.Space;
import dev.sluice.task.TaskGroup;

/// A parent and its children share a namespace: settings one way, progress the other.
final class SharedSettings {
    // tag::main
    static void main() {
        Sluice.run(() -> {
            try (Space space = Space.open("local:render")) {
                Namespace shared = space.namespace("shared");
                shared.put("rate", 3);
                TaskGroup.run(group -> {
                    for (int child = 1; child <= 3; child++) {
                        group.start("child-" + child, () -> render(shared));
                    }
                    try (Namespace.Watch watch = shared.watch("done")) {
                        while (!(watch.next() instanceof Change.Put(var entry) && entry.as(Integer.class) == 3)) {}
                    }
                });
                IO.println("done: " + shared.get("done", Integer.class).orElse(0));
            }
        });
    }

    static void render(Namespace shared) {
        int rate = shared.get("rate", Integer.class).orElse(1);
        IO.println("rendered at rate " + rate);
        shared.update("done", Integer.class, 0, now -> now + 1); // no update is lost
    }
    // end::main
}

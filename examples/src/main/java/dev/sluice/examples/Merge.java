package dev.sluice.examples;

import static java.time.Duration.ofMillis;

import dev.sluice.Sluice;
import dev.sluice.channel.Channel;
import dev.sluice.channel.Clause;
import dev.sluice.channel.Received;
import dev.sluice.channel.Select;
import dev.sluice.task.TaskGroup;

/// One reader of two sources, until both are silent.
final class Merge {
    // tag::main
    static void main() {
        Sluice.run(() -> {
            Channel<String> north = Channel.rendezvous();
            Channel<String> south = Channel.rendezvous();
            try (var group = TaskGroup.open()) {
                group.start("north", () -> north.send("rain"));
                group.start("south", () -> south.send("sun"));
                var next = Select.<Boolean>of(
                        north.onReceived(Merge::show),
                        south.onReceived(Merge::show),
                        Clause.afterwards(ofMillis(500), () -> false));
                while (next.await()) {}
                group.join();
            }
            IO.println("both are silent");
        });
    }

    static boolean show(Received<String> received) {
        IO.println(received instanceof Received.Value<String>(var report) ? report : "closed");
        return true;
    }
    // end::main
}

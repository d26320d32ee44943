package dev.sluice.examples;

import dev.sluice.Sluice;
import dev.sluice.channel.Broadcast;
import dev.sluice.layer.Stack;
import dev.sluice.net.Connection;
import dev.sluice.net.Tcp;
import dev.sluice.task.TaskGroup;

/// A chat room that `nc 127.0.0.1 7777` joins: the first line is a name, all others get the lines behind it.
final class Chat {
    // tag::main
    private final Broadcast<String> room = Broadcast.buffered(100);

    static void main() throws Exception {
        Sluice.run(() -> {
            try (var listener = Tcp.listen("127.0.0.1:7777")) {
                listener.serve(new Chat()::talk);
            }
        });
    }

    void talk(Connection connection) throws Exception {
        var lines = Stack.over(connection).lines();
        String name = lines.receive().orElse("nobody");
        try (var group = TaskGroup.open()) {
            try (var heard = room.subscribe(Broadcast.Lag.DROP_OLDEST)) { // who reads slowly misses lines
                group.start("hear", () -> {
                    for (String line : heard) lines.send(line);
                });
                room.send(name + " is here");
                for (String line : lines) room.send(name + ": " + line);
            } // ends the hearer
            group.join();
        }
        room.send(name + " has gone");
    }
    // end::main
}

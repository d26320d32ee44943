package dev.sluice.examples;

import dev.sluice.Sluice;
import dev.sluice.io.ByteReader;
import dev.sluice.net.Connection;
import dev.sluice.net.Listener;
import dev.sluice.net.Tcp;
import dev.sluice.task.TaskGroup;
import java.nio.charset.StandardCharsets;

/// An echo server, and two clients that talk to it at the same time.
final class Echo {
    // tag::main
    static void main() throws Exception {
        Sluice.run(() -> {
            try (var group = TaskGroup.open()) {
                Listener listener = Tcp.listen("127.0.0.1:0"); // a port that is free
                group.start("server", () -> listener.serve(connection -> connection.transferTo(connection)));
                var ann = group.start("ann", () -> ask(listener, "hello"));
                var bob = group.start("bob", () -> ask(listener, "good morning"));
                IO.println(ann.get());
                IO.println(bob.get());
                listener.close(); // ends the server
                group.join();
            }
        });
    }

    static String ask(Listener listener, String line) throws Exception {
        try (Connection connection = Tcp.connect(listener.address().place())) {
            connection.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            return ByteReader.over(connection).readLine().orElse("nothing");
        }
    }
    // end::main
}

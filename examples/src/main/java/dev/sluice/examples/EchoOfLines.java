package dev.sluice.examples;

import dev.sluice.Sluice;
import dev.sluice.layer.Messages;
import dev.sluice.layer.Stack;
import dev.sluice.net.Connection;
import dev.sluice.net.Tcp;
import dev.sluice.task.TaskGroup;

/// An echo server by layers: compressed lines, on both sides.
final class EchoOfLines {
    // tag::main
    static Messages<String> over(Connection connection) throws Exception {
        return Stack.over(connection).deflate().lines();
    }

    static void main() throws Exception {
        Sluice.run(() -> TaskGroup.run(group -> {
            var listener = Tcp.listen("127.0.0.1:0");
            group.start(
                    "server",
                    () -> listener.serve(connection -> {
                        Messages<String> lines = over(connection);
                        for (String line : lines) lines.send(line);
                    }));
            try (var lines = over(Tcp.connect(listener.address().place()))) {
                lines.send("hello");
                IO.println(lines.receive().orElse("nothing"));
            }
            listener.close();
        }));
    }
    // end::main
}

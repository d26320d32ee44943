package dev.sluice.examples;

import dev.sluice.Sluice;
import dev.sluice.net.Connection;
import dev.sluice.net.Listener;
import dev.sluice.net.Unix;
import dev.sluice.net.UnixAddress;
import dev.sluice.task.TaskGroup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// A service of this machine that asks the kernel who calls before it answers.
final class Doorkeeper {
    // tag::main
    static void main() throws Exception {
        Path directory = Files.createTempDirectory("doorkeeper");
        UnixAddress door = UnixAddress.of(directory.resolve("door"));
        int owner = (int) Files.getAttribute(directory, "unix:uid");
        Sluice.run(() -> {
            try (var group = TaskGroup.open()) {
                Listener listener = Unix.listen(door);
                group.start("doorkeeper", () -> listener.serve(caller -> answer(caller, owner)));
                try (Connection connection = Unix.connect(door)) {
                    IO.println(new String(connection.readAllBytes(100), StandardCharsets.UTF_8));
                }
                listener.close();
                group.join();
            }
        });
        Files.delete(directory);
    }

    static void answer(Connection caller, int owner) throws Exception {
        String answer = Unix.peer(caller).uid() == owner ? "come in" : "I do not know you";
        caller.write(answer.getBytes(StandardCharsets.UTF_8));
    }
    // end::main
}

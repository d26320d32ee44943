package dev.sluice.examples;

import dev.sluice.Sluice;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;

/// A library call that blocks its thread, moved off the loop, while the loop goes on.
final class BlockingLibrary {
    // tag::main
    static void main() {
        Path file = Path.of(System.getProperty("java.home"), "lib", "modules"); // more than 100 MB
        Sluice.run(() -> {
            try (var group = TaskGroup.open()) {
                Task<Long> sum = group.start("checksum", () -> Sluice.offload(() -> checksum(file)));
                while (!sum.isDone()) {
                    IO.println("the loop is free");
                    Sluice.sleep(Duration.ofMillis(20));
                }
                group.join();
                IO.println("checksum " + sum.get());
            }
        });
    }

    static long checksum(Path file) throws IOException {
        try (var in = new CheckedInputStream(Files.newInputStream(file), new CRC32())) {
            in.transferTo(OutputStream.nullOutputStream());
            return in.getChecksum().getValue();
        }
    }
    // end::main
}

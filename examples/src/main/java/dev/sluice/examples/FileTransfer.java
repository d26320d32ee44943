package dev.sluice.examples;

import dev.sluice.Sluice;
import dev.sluice.io.FileStreams;
import dev.sluice.net.Connection;
import dev.sluice.net.Tcp;
import dev.sluice.task.TaskGroup;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/// Sends a file through a connection; the receiver says how far it has come.
final class FileTransfer {
    // tag::main
    static void main() throws Exception {
        Path file = Path.of(System.getProperty("java.home"), "lib", "jrt-fs.jar");
        Sluice.run(() -> {
            try (var listener = Tcp.listen("127.0.0.1:0");
                    var group = TaskGroup.open()) {
                group.start("sender", () -> send(file, listener.accept()));
                try (var connection = Tcp.connect(listener.address().place())) {
                    var piece = ByteBuffer.allocate(1 << 16);
                    while (connection.read(piece.clear()) >= 0) {
                        IO.println("received " + connection.statistics().bytesRead() + " bytes");
                    }
                }
                group.join();
            }
        });
    }

    static void send(Path file, Connection receiver) throws Exception {
        try (receiver;
                var source = FileStreams.read(file)) {
            source.transferTo(receiver); // as fast as the receiver reads
        }
    }
    // end::main
}

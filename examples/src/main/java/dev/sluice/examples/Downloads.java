package dev.sluice.examples;

import com.sun.net.httpserver.SimpleFileServer;
import dev.sluice.Sluice;
import dev.sluice.io.ByteReader;
import dev.sluice.net.Tcp;
import dev.sluice.task.TaskGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Downloads several files at once from an HTTP server; the first that fails ends the others.
final class Downloads {
    // tag::main
    static void main() throws Exception {
        Path home = Path.of(System.getProperty("java.home")).toRealPath();
        var server = SimpleFileServer.createFileServer(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), home, SimpleFileServer.OutputLevel.NONE);
        server.start();
        Sluice.run(() -> TaskGroup.run(group -> {
            for (String file : new String[] {"release", "lib/jvm.cfg", "lib/jrt-fs.jar"})
                group.start(file, () -> IO.println(file + ": " + download(server.getAddress(), file).length));
        }));
        server.stop(0);
    }

    static byte[] download(InetSocketAddress server, String file) throws Exception {
        try (var connection = Tcp.connect("127.0.0.1:" + server.getPort())) {
            connection.write(("GET /" + file + " HTTP/1.0\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            var answer = ByteReader.over(connection);
            String status = answer.readLine().orElse("nothing");
            if (!status.contains(" 200 ")) throw new IllegalStateException(file + ": " + status);
            while (!answer.readLine().orElse("").isEmpty()) {} // the header
            return answer.readAllBytes(10 << 20); // 10 MiB at most
        }
    }
    // end::main
}

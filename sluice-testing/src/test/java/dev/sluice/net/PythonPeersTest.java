package dev.sluice.net;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.io.ByteReader;
import dev.sluice.loop.Backend;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.process.Command;
import dev.sluice.process.Exit;
import dev.sluice.process.Input;
import dev.sluice.task.Action;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.SplittableRandom;

/// Real peers: clients and servers of Python's asyncio.
@SuppressWarnings("try") // a close in the middle is what is tested
class PythonPeersTest {
    private static final String CLIENT = """
            import asyncio, sys
            async def main(port):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                data = bytes(range(256)) * 4096
                async def send():
                    for i in range(0, len(data), 10007):
                        writer.write(data[i:i + 10007])
                        await writer.drain()
                    writer.write_eof()
                sending = asyncio.create_task(send())
                back = await reader.read(-1)
                await sending
                writer.close()
                print("same" if back == data else "other: %d bytes" % len(back))
            asyncio.run(main(int(sys.argv[1])))
            """;

    private static final String SERVER = """
            import asyncio, sys
            async def serve(reader, writer):
                while line := await reader.readline():
                    writer.write(line.upper())
                    await writer.drain()
                writer.write(b"bye")
                writer.close()
            async def main():
                server = await asyncio.start_server(serve, "127.0.0.1", 0)
                print(server.sockets[0].getsockname()[1], flush=True)
                await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
            asyncio.run(main())
            """;

    private static void run(Backend backend, Action<?> body) throws Exception {
        LoopsConfig config = LoopsConfig.defaults().withBackend(backend).withStallLimit(ofSeconds(20));
        Sluice.run(config, () -> Deadline.after(ofSeconds(60)).named("test").run(body));
    }

    @OnEachBackend
    void anAsyncioClientGetsItsEcho(Backend backend) throws Exception {
        run(backend, () -> {
            try (Listener listener = Tcp.listen("127.0.0.1:0");
                    var group = TaskGroup.open()) {
                group.start("server", () -> listener.serve(connection -> connection.transferTo(connection)));
                int port = ((TcpAddress) listener.address()).port();
                var result = Command.of("python3", "-c", CLIENT, Integer.toString(port))
                        .run();
                assertThat(result.stdoutText()).isEqualTo("same\n");
                listener.close();
                group.join();
            }
        });
    }

    @OnEachBackend
    void anAsyncioServerAnswers(Backend backend) throws Exception {
        run(backend, () -> {
            try (var python =
                    Command.of("python3", "-c", SERVER).stdin(Input.piped()).start()) {
                String port = ByteReader.over(python.stdout()).readLine().orElseThrow();
                try (Connection connection = Tcp.connect("127.0.0.1:" + port)) {
                    ByteReader reader = ByteReader.over(connection);
                    var random = new SplittableRandom(5);
                    for (int i = 0; i < 100; i++) {
                        String line = "line " + i + " " + "x".repeat(random.nextInt(5_000));
                        connection.write((line + "\n").getBytes(StandardCharsets.UTF_8));
                        assertThat(reader.readLine()).contains(line.toUpperCase(Locale.ROOT));
                    }
                    connection.closeOutput();
                    assertThat(reader.readAllBytes(100)).asString().isEqualTo("bye");
                }
                python.stdin().close();
                assertThat(python.exit()).isEqualTo(new Exit.Exited(0));
            }
        });
    }
}

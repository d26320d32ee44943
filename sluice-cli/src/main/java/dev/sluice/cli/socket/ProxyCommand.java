package dev.sluice.cli.socket;

import dev.sluice.net.Address;
import dev.sluice.net.Connection;
import dev.sluice.net.Listener;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sluice proxy`: relays connections from one address to another.
@Command(
        name = "proxy",
        description = {
            "Relays connections from one address to another, each half until its own end.",
            "",
            "Ends by SIGINT or SIGTERM.",
            ""
        },
        footer = {"", "Example:", "  sluice proxy tcp:127.0.0.1:7000 unix:/run/service --describe"})
public final class ProxyCommand extends SocketCommand {
    @Parameters(
            index = "0",
            paramLabel = "FROM",
            converter = Places.Reader.class,
            description = "Where to listen: tcp:HOST:PORT, tcp::PORT, unix:PATH or unix:@NAME")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Address from;

    @Parameters(
            index = "1",
            paramLabel = "TO",
            converter = Places.Reader.class,
            description = "Where to connect to, for each connection")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Address to;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "1000",
            description = "How many connections at the same time; ${DEFAULT-VALUE} by default.")
    private int limit;

    @Override
    void run() throws IOException {
        if (limit < 1) {
            throw wrong("--limit " + limit + ": expected 1 or more");
        }
        try (Listener listener = Places.listen(from)) {
            say("relaying from " + listener.address() + " to " + to);
            listener.serve(new Listener.Limits(limit, Duration.ofSeconds(1)), this::relay);
        }
    }

    private void relay(Connection near) throws IOException {
        try (Connection far = Places.connect(to)) {
            try {
                Joint.relay(near, far);
            } finally {
                if (describe) {
                    show(Layers.over(near, List.of()).describe()
                            + Layers.over(far, List.of()).describe());
                }
            }
        } catch (IOException failed) {
            say(text(failed));
            throw failed;
        }
    }
}

package dev.sluice.cli.socket;

import dev.sluice.layer.Layer;
import dev.sluice.net.Connection;
import dev.sluice.net.Listener;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
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
        footer = {
            "",
            LayerText.KNOWN,
            "Examples:",
            "  sluice proxy tcp:127.0.0.1:7000 unix:/run/service --describe",
            "  sluice proxy tcp::443 tcp:127.0.0.1:80 tls:cert.pem",
            "  sluice proxy tcp:127.0.0.1:7000 tcp:127.0.0.1:80 faults:delay=50,pieces=1"
        })
public final class ProxyCommand extends SocketCommand {
    @Parameters(
            index = "0",
            paramLabel = "FROM",
            converter = Places.Reader.class,
            description = "Where to listen: tcp:HOST:PORT, tcp::PORT, ws:HOST:PORT, unix:PATH or unix:@NAME")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Place from;

    @Parameters(
            index = "1",
            paramLabel = "TO",
            converter = Places.Reader.class,
            description = "Where to connect to, for each connection")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Place to;

    @Parameters(
            index = "2..*",
            paramLabel = "LAYER",
            description = "What stands on the connections that are accepted, see below.")
    private List<String> layers = new ArrayList<>();

    @Option(
            names = "--beyond",
            paramLabel = "LAYER",
            description =
                    "What stands on the connections to TO; several times for several, from the bottom to the top.")
    private List<String> beyond = new ArrayList<>();

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
        List<Layer> near;
        List<Layer> far;
        try {
            near = LayerText.listening(from.layers(layers));
            far = LayerText.dialling(to.layers(beyond), to);
        } catch (LayerText.WrongException wrong) {
            throw wrong(String.valueOf(wrong.getMessage()));
        }
        try (Listener listener = Places.listen(from)) {
            say("relaying from " + listener.address() + " to " + to);
            listener.serve(
                    new Listener.Limits(limit, Duration.ofSeconds(1)), connection -> relay(connection, near, far));
        }
    }

    private void relay(Connection accepted, List<Layer> nearLayers, List<Layer> farLayers) throws IOException {
        try {
            Layers near = Layers.over(accepted, captured(nearLayers));
            Layers far = Layers.over(Places.connect(to), captured(farLayers));
            try (Connection one = near.top();
                    Connection other = far.top()) {
                Joint.relay(one, other);
            } finally {
                if (describe) {
                    show(near.describe());
                    show(far.describe());
                }
            }
        } catch (IOException failed) {
            say(text(failed));
            throw failed;
        }
    }
}

package dev.sluice.cli.socket;

import dev.sluice.layer.Layer;
import dev.sluice.net.Connection;
import dev.sluice.net.Datagrams;
import dev.sluice.net.Listener;
import dev.sluice.net.Udp;
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
            description =
                    "Where to listen: tcp:HOST:PORT, tcp::PORT, udp:HOST:PORT, ws:HOST:PORT, unix:PATH or unix:@NAME")
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

    @Option(
            names = "--idle",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "udp: how long nobody says anything before a peer has said all; ${DEFAULT-VALUE} by default.")
    private double idle;

    @Override
    List<Place> places() {
        return List.of(from, to);
    }

    @Override
    void join() throws IOException {
        if (limit < 1) {
            throw wrong("--limit " + limit + ": expected 1 or more");
        }
        refuseUnless(from.isUdp() || to.isUdp(), "--idle", "udp: others say where they end");
        Duration silence = seconds("--idle", idle);
        List<Layer> near;
        List<Layer> far;
        try {
            near = LayerText.listening(from, layers);
            far = LayerText.dialling(to, beyond);
        } catch (LayerText.WrongException wrong) {
            throw wrong(String.valueOf(wrong.getMessage()));
        }
        var sides = new Sides(near, far, silence);
        if (from.transport() instanceof Udp.End udp) {
            try (Datagrams socket = Udp.bind(udp, Udp.Options.defaults())) {
                say("relaying from " + socket.local() + " to " + to);
                new DatagramServer(socket, silence).serveAll(limit, peer -> relay(peer, sides));
            }
            return;
        }
        try (Listener listener = Places.listen(from)) {
            say("relaying from " + listener.address() + " to " + to);
            listener.serve(new Listener.Limits(limit, Duration.ofSeconds(1)), connection -> relay(connection, sides));
        }
    }

    /// What stands on the two connections of a relay.
    ///
    /// @param silence for datagrams, what is an end
    private record Sides(List<Layer> near, List<Layer> far, Duration silence) {}

    private void relay(Connection accepted, Sides sides) throws IOException {
        try {
            Layers near = Layers.over(accepted, captured(sides.near));
            Layers far = Layers.over(Places.connect(to, sides.silence), captured(sides.far));
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

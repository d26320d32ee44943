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
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sluice listen`: joins who connects to standard input and output, or to a child of its own.
@Command(
        name = "listen",
        description = {
            "Accepts a connection and joins it to standard input and output, or to a command.",
            "",
            "Ends when the peer has said all; with --keep it goes on with the next one.",
            "With udp: who sends from one address is a peer, until there is silence.",
            ""
        },
        footer = {
            "",
            LayerText.KNOWN,
            "Examples:",
            "  sluice listen tcp:127.0.0.1:7000",
            "  sluice listen tcp:127.0.0.1:7000 tls:cert.pem --keep --exec cat",
            "  sluice listen unix:@log --keep >>log",
            "  sluice listen udp::7000 lines --keep --exec date"
        })
public final class ListenCommand extends SocketCommand {
    @Parameters(
            index = "0",
            paramLabel = "ADDRESS",
            converter = Places.Reader.class,
            description = "tcp:HOST:PORT, tcp::PORT, udp:HOST:PORT, ws:HOST:PORT, unix:PATH or unix:@NAME;"
                    + " port 0 is one that is free.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Place address;

    @Parameters(index = "1..*", paramLabel = "LAYER", description = "What stands on the connection, see below.")
    private List<String> layers = new ArrayList<>();

    @Option(
            names = "--exec",
            arity = "1..*",
            paramLabel = "COMMAND",
            description = "A command, with all words behind it, for each connection: reads the peer, writes to it.")
    private @Nullable List<String> command;

    @Option(
            names = "--keep",
            description = "Go on after the first connection. With --exec several at once, else one after the other.")
    private boolean keep;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "1000",
            description = "How many connections at the same time, with --keep --exec; ${DEFAULT-VALUE} by default.")
    private int limit;

    @Option(
            names = "--idle",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "udp: how long nobody says anything before a peer has said all; ${DEFAULT-VALUE} by default.")
    private double idle;

    @Override
    List<Place> places() {
        return List.of(address);
    }

    @Override
    void join() throws IOException {
        if (limit < 1) {
            throw wrong("--limit " + limit + ": expected 1 or more");
        }
        refuseUnless(keep && command != null, "--limit", "--keep and --exec: else there is one at a time");
        refuseUnless(address.isUdp(), "--idle", "udp: others say where they end");
        Duration silence = seconds("--idle", idle);
        List<Layer> texts;
        try {
            texts = LayerText.listening(address, layers);
        } catch (LayerText.WrongException wrong) {
            throw wrong(String.valueOf(wrong.getMessage()));
        }
        if (address.transport() instanceof Udp.End udp) {
            listenForDatagrams(udp, silence, texts);
            return;
        }
        try (Listener listener = Places.listen(address)) {
            say("listening at " + listener.address());
            if (keep && command != null) {
                var limits = new Listener.Limits(limit, Duration.ofSeconds(1));
                listener.serve(limits, connection -> serveOne(connection, texts));
                return;
            }
            do {
                try (Connection connection = listener.accept()) {
                    serveOne(connection, texts);
                } catch (IOException failed) {
                    if (!keep) {
                        throw failed;
                    }
                }
            } while (keep);
        }
    }

    private void listenForDatagrams(Udp.End address, Duration silence, List<Layer> texts) throws IOException {
        try (Datagrams socket = Udp.bind(address, Udp.Options.defaults())) {
            say("listening at " + socket.local());
            var server = new DatagramServer(socket, silence);
            if (keep) {
                server.serveAll(command == null ? 1 : limit, peer -> serveOne(peer, texts));
            } else {
                server.serveOne(peer -> serveOne(peer, texts));
            }
        }
    }

    /// Serves one connection. What goes wrong with it is said here, where others go on.
    private void serveOne(Connection connection, List<Layer> texts) throws IOException {
        try {
            serve(connection, texts);
        } catch (IOException failed) {
            if (keep) {
                say(text(failed));
            }
            throw failed;
        }
    }

    private void serve(Connection connection, List<Layer> texts) throws IOException {
        Layers stack = Layers.over(connection, captured(texts));
        try (Connection top = stack.top()) {
            if (command != null) {
                Joint.toCommand(top, command);
            } else {
                Joint.toStandardStreams(top);
            }
        } finally {
            if (describe) {
                show(stack.describe());
            }
        }
    }
}

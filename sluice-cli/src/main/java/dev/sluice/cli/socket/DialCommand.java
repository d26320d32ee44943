package dev.sluice.cli.socket;

import dev.sluice.layer.Layer;
import dev.sluice.net.Connection;
import dev.sluice.task.Deadline;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sluice dial`: joins standard input and output to a server.
@Command(
        name = "dial",
        description = {
            "Connects and joins the connection to standard input and output.",
            "",
            "The end of the input is told to the peer; it ends when the peer has said all.",
            "A server of WebSockets mostly stops then: --no-close keeps the end from it.",
            "Datagrams have no end: with udp: it ends behind the input, after some silence.",
            ""
        },
        footer = {
            "",
            LayerText.KNOWN,
            "Examples:",
            "  echo hello | sluice dial tcp:127.0.0.1:7000",
            "  sluice dial tcp:example.org:443 tls --describe",
            "  echo hello | sluice dial udp:127.0.0.1:7000 lines"
        })
public final class DialCommand extends SocketCommand {
    @Parameters(
            index = "0",
            paramLabel = "ADDRESS",
            converter = Places.Reader.class,
            description = "tcp:HOST:PORT, udp:HOST:PORT, ws:HOST:PORT/PATH, unix:PATH or unix:@NAME")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Place address;

    @Parameters(index = "1..*", paramLabel = "LAYER", description = "What stands on the connection, see below.")
    private List<String> layers = new ArrayList<>();

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "How long connecting may take, layers included; ${DEFAULT-VALUE} by default.")
    private double timeout;

    @Option(
            names = "--idle",
            paramLabel = "SECONDS",
            defaultValue = "1",
            description = "udp: how long nobody says anything, behind the end of the input, before it ends;"
                    + " ${DEFAULT-VALUE} by default.")
    private double idle;

    @Option(
            names = "--no-close",
            description = "ws: keep the end of the input from the server; it ends when the server does.")
    private boolean open;

    @Override
    List<Place> places() {
        return List.of(address);
    }

    @Override
    void join() throws IOException {
        Duration limit = seconds("--timeout", timeout);
        refuseUnless(address.isUdp(), "--idle", "udp: others say where they end");
        Duration silence = seconds("--idle", idle);
        List<Layer> texts;
        try {
            texts = LayerText.dialling(address, layers, open ? LayerText.End.KEPT : LayerText.End.SAID);
        } catch (LayerText.WrongException wrong) {
            throw wrong(String.valueOf(wrong.getMessage()));
        }
        Layers stack = connect(texts, limit, silence);
        try (Connection top = stack.top()) {
            Joint.toStandardStreams(top);
        } finally {
            if (describe) {
                show(stack.describe());
            }
        }
    }

    private Layers connect(List<Layer> texts, Duration limit, Duration silence) throws IOException {
        var connected = new ArrayList<Layers>();
        if (!Deadline.after(limit)
                .tryRun(() -> connected.add(Layers.over(Places.connect(address, silence), captured(texts))))) {
            throw new IOException("connect to " + address + ": no answer within --timeout " + timeout + " seconds");
        }
        return connected.getFirst();
    }
}

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
            ""
        },
        footer = {
            "",
            LayerText.KNOWN,
            "Examples:",
            "  echo hello | sluice dial tcp:127.0.0.1:7000",
            "  sluice dial tcp:example.org:443 tls --describe"
        })
public final class DialCommand extends SocketCommand {
    @Parameters(
            index = "0",
            paramLabel = "ADDRESS",
            converter = Places.Reader.class,
            description = "tcp:HOST:PORT, ws:HOST:PORT/PATH, unix:PATH or unix:@NAME")
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

    @Override
    void run() throws IOException {
        if (!(timeout > 0)) {
            throw wrong("--timeout " + timeout + ": expected more than 0");
        }
        List<Layer> texts;
        try {
            texts = LayerText.dialling(address.layers(layers), address);
        } catch (LayerText.WrongException wrong) {
            throw wrong(String.valueOf(wrong.getMessage()));
        }
        Layers stack = connect(texts);
        try (Connection top = stack.top()) {
            Joint.toStandardStreams(top);
        } finally {
            if (describe) {
                show(stack.describe());
            }
        }
    }

    private Layers connect(List<Layer> texts) throws IOException {
        var connected = new ArrayList<Layers>();
        var limit = Duration.ofNanos((long) (timeout * 1e9));
        if (!Deadline.after(limit).tryRun(() -> connected.add(Layers.over(Places.connect(address), captured(texts))))) {
            throw new IOException("connect to " + address + ": no answer within --timeout " + timeout + " seconds");
        }
        return connected.getFirst();
    }
}

package dev.sluice.cli.socket;

import dev.sluice.layer.Layer;
import dev.sluice.layer.Stack;
import dev.sluice.net.Connection;
import dev.sluice.tls.TlsConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// What stands on one connection.
///
/// @param top to read from and write to
/// @param notes what layers have agreed on with the peer
record Layers(Stack top, List<String> notes) {
    /// Puts layers on a connection, which is aborted if one of them fails.
    static Layers over(Connection transport, List<Layer> layers) throws IOException {
        List<String> notes = new ArrayList<>();
        Stack stack = Stack.over(transport);
        for (Layer layer : layers) {
            stack = stack.layer(Layer.of(layer.name(), layer.osi(), lower -> noted(layer.over(lower), notes)));
        }
        return new Layers(stack, notes);
    }

    private static Connection noted(Connection upper, List<String> notes) {
        if (upper instanceof TlsConnection tls) {
            notes.add(
                    "tls: " + tls.session().getProtocol() + " " + tls.session().getCipherSuite());
        }
        return upper;
    }

    /// A table of the layers, the top first, and the notes.
    String describe() {
        String table = top.describe().stripTrailing();
        return notes.isEmpty() ? table : table + System.lineSeparator() + String.join(System.lineSeparator(), notes);
    }
}

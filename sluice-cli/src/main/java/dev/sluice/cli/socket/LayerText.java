package dev.sluice.cli.socket;

import dev.sluice.net.Connection;
import dev.sluice.tls.TlsConnection;
import dev.sluice.tls.TlsContext;
import dev.sluice.tls.TlsIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What one word of the command line puts on a connection, such as `tls:cert.pem`.
///
/// @param name for the table of `--describe`
/// @param osi its number in the OSI model
/// @param over what it does
record LayerText(String name, int osi, Over over) {
    static final String KNOWN = """
            Layers, from the bottom to the top:
              tls             dial: encrypted, with a server that the JDK trusts for the host of the address
              tls:ca.pem      dial: encrypted, with a server that these certificates vouch for
              tls:any         dial: encrypted, with who knows whom
              tls:cert.pem    listen: encrypted; the file holds a certificate and its key
              tls:cert.pem,key.pem  the same from two files
            """;

    /// Puts a layer on a connection.
    @FunctionalInterface
    interface Over {
        Connection over(Connection lower) throws IOException;
    }

    /// Something on the command line that is not right.
    static final class WrongException extends Exception {
        private static final long serialVersionUID = 1;

        WrongException(String message) {
            super(message);
        }
    }

    /// The layers of a server.
    static List<LayerText> listening(List<String> words) throws WrongException {
        List<LayerText> layers = new ArrayList<>();
        for (String word : words) {
            layers.add(
                    switch (kind(word)) {
                        case "tls" -> tlsServer(word);
                        default -> throw unknown(word);
                    });
        }
        return layers;
    }

    /// The layers of a client.
    ///
    /// @param host whom it expects
    static List<LayerText> dialling(List<String> words, String host) throws WrongException {
        List<LayerText> layers = new ArrayList<>();
        for (String word : words) {
            layers.add(
                    switch (kind(word)) {
                        case "tls" -> tlsClient(word, host);
                        default -> throw unknown(word);
                    });
        }
        return layers;
    }

    private static String kind(String word) {
        int colon = word.indexOf(':');
        return colon < 0 ? word : word.substring(0, colon);
    }

    private static String rest(String word) {
        int colon = word.indexOf(':');
        return colon < 0 ? "" : word.substring(colon + 1);
    }

    private static WrongException unknown(String word) {
        return new WrongException("layer '" + word + "': expected tls[:FILE]");
    }

    private static LayerText tlsServer(String word) throws WrongException {
        String[] files = rest(word).split(",", -1);
        if (files[0].isEmpty() || files.length > 2) {
            throw new WrongException(
                    "layer '" + word + "': expected tls:CERTIFICATE.pem or tls:CERTIFICATE.pem,KEY.pem");
        }
        try {
            TlsIdentity identity = TlsIdentity.load(Path.of(files[0]), Path.of(files[files.length - 1]));
            TlsContext context = TlsContext.server(identity);
            return new LayerText("tls", 6, context::accept);
        } catch (IOException unreadable) {
            throw new WrongException("layer '" + word + "': " + reason(unreadable));
        }
    }

    private static LayerText tlsClient(String word, String host) throws WrongException {
        String who = rest(word);
        try {
            TlsContext context = switch (who) {
                case "" -> TlsContext.client();
                case "any" -> TlsContext.client().withPeerCheck(TlsContext.PeerCheck.NONE);
                default -> TlsContext.client().withTrust(Path.of(who));
            };
            return new LayerText("tls", 6, lower -> context.connect(lower, host));
        } catch (IOException unreadable) {
            throw new WrongException("layer '" + word + "': " + reason(unreadable));
        }
    }

    private static String reason(IOException failure) {
        return failure instanceof java.nio.file.NoSuchFileException
                ? "no such file: " + failure.getMessage()
                : String.valueOf(failure.getMessage());
    }

    /// What `--describe` shows beside the name.
    static String about(Connection connection) {
        return connection instanceof TlsConnection tls
                ? tls.session().getProtocol() + " " + tls.session().getCipherSuite()
                : connection.toString();
    }
}

package dev.sluice.cli.socket;

import dev.sluice.layer.Deflate;
import dev.sluice.layer.Faults;
import dev.sluice.layer.Layer;
import dev.sluice.tls.TlsContext;
import dev.sluice.tls.TlsIdentity;
import dev.sluice.websocket.WebSocket;
import dev.sluice.websocket.WebSocketConfig;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Reads what a word of the command line puts on a connection, such as `tls:cert.pem`.
final class LayerText {
    static final String KNOWN = """
            Layers, from the bottom to the top:
              tls             dial: TLS, the server is trusted as the JDK trusts
              tls:ca.pem      dial: TLS, these certificates vouch for the server
              tls:any         dial: TLS with whoever is there
              tls:cert.pem    listen: TLS; the file holds a certificate and its key
              tls:cert.pem,key.pem  the same from two files
              ws, ws:/PATH    WebSocket: each line is a message, and each message a line
              lines, length4, length4:little (also 1, 2), varint, netstring,
              delimiter:TEXT, fixed:BYTES
                              each line is a message, cut so on the wire, and each
                              message a line; the last word. With udp: lines only,
                              each datagram is a message
              deflate         compressed, the peer has to do so, too
              throttle:100k   so many bytes a second, with k or M
              faults:delay=20,pieces=1,drop=N,reset=N,seed=N
                              bad luck for what is written: up to 20 ms late, in
                              single bytes, nothing behind N bytes, a reset there
            """;

    private static final int KILO = 1_000;

    /// Who has heard goodbye says what is left to say, as a command does that answers when its input has ended.
    private static final WebSocketConfig HALVES = WebSocketConfig.defaults().withHalfOpen(true);

    private LayerText() {}

    /// What becomes of the end of an input.
    enum End {
        /// The peer is told.
        SAID,
        /// It is kept from the peer, which goes on until it ends the connection.
        KEPT
    }

    /// Something on the command line that is not right.
    static final class WrongException extends Exception {
        private static final long serialVersionUID = 1;

        WrongException(String message) {
            super(message);
        }
    }

    /// The layers of a server.
    static List<Layer> listening(Place place, List<String> asked) throws WrongException {
        List<String> words = checked(place, asked);
        List<Layer> layers = new ArrayList<>();
        for (String word : words) {
            layers.add(
                    switch (kind(word)) {
                        case "tls" -> tlsServer(word);
                        case "ws" -> webSocketServer();
                        default -> either(word);
                    });
        }
        return layers;
    }

    /// The layers of a client.
    ///
    /// @param server whom it expects
    static List<Layer> dialling(Place server, List<String> asked) throws WrongException {
        return dialling(server, asked, End.SAID);
    }

    /// As [#dialling(Place, List)].
    ///
    /// @param end what a WebSocket does with the end of what it is given to send
    static List<Layer> dialling(Place server, List<String> asked, End end) throws WrongException {
        List<String> words = checked(server, asked);
        if (end == End.KEPT && words.stream().noneMatch(word -> kind(word).equals("ws"))) {
            throw new WrongException("--no-close: expected a WebSocket, as ws:HOST:PORT/PATH");
        }
        List<Layer> layers = new ArrayList<>();
        for (String word : words) {
            layers.add(
                    switch (kind(word)) {
                        case "tls" -> tlsClient(word, server.host());
                        case "ws" -> webSocketClient(word, server.authority(), end);
                        default -> either(word);
                    });
        }
        return layers;
    }

    /// All words, those of the address behind those that were asked for.
    private static List<String> checked(Place place, List<String> asked) throws WrongException {
        List<String> words = place.layers(asked);
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (place.isUdp() && !word.equals("lines")) {
                throw new WrongException("layer '" + word + "': expected lines or nothing over datagrams");
            }
            if (FramingText.knows(kind(word)) && i + 1 < words.size()) {
                throw new WrongException("layer '" + word + "': expected it as the last one, as it makes messages");
            }
        }
        return words;
    }

    private static Layer either(String word) throws WrongException {
        return switch (kind(word)) {
            case "deflate" -> Deflate.defaults();
            case "throttle" -> throttle(word);
            case "faults" -> faults(word);
            default -> {
                if (FramingText.knows(kind(word))) {
                    yield FramingText.read(kind(word), rest(word));
                }
                throw new WrongException(
                        "layer '" + word + "': expected tls, ws, deflate, throttle, faults, " + FramingText.EXPECTED);
            }
        };
    }

    private static Layer webSocketClient(String word, String authority, End end) throws WrongException {
        String path = rest(word).isEmpty() ? "/" : rest(word);
        if (!path.startsWith("/")) {
            throw new WrongException("layer '" + word + "': expected ws or ws:/PATH");
        }
        return Layer.of(
                "ws", 7, lower -> MessageLines.over(lower, WebSocket.connect(lower, authority, path, HALVES), end));
    }

    private static Layer webSocketServer() {
        return Layer.of(
                "ws", 7, lower -> MessageLines.over(lower, WebSocket.accept(lower, HALVES, asked -> true), End.SAID));
    }

    private static Layer throttle(String word) throws WrongException {
        String rate = rest(word);
        char unit = rate.isEmpty() ? ' ' : rate.charAt(rate.length() - 1);
        long times = unit == 'k' ? KILO : unit == 'M' ? KILO * KILO : 1;
        try {
            long bytes = Long.parseLong(times == 1 ? rate : rate.substring(0, rate.length() - 1));
            return Layer.throttle(Math.multiplyExact(bytes, times));
        } catch (IllegalArgumentException | ArithmeticException wrong) {
            throw new WrongException("layer '" + word + "': expected throttle:BYTES a second, as 500, 100k or 2M");
        }
    }

    private static Layer faults(String word) throws WrongException {
        Faults faults = Faults.seeded(1);
        for (String setting : rest(word).split(",", -1)) {
            int equals = setting.indexOf('=');
            try {
                long value = Long.parseLong(setting.substring(equals + 1));
                faults = switch (setting.substring(0, Math.max(0, equals))) {
                    case "delay" -> faults.withDelay(Duration.ofMillis(value));
                    case "pieces" -> faults.withPieces(Math.toIntExact(value));
                    case "drop" -> faults.withDropAfter(value);
                    case "reset" -> faults.withResetAfter(value);
                    case "seed" ->
                        new Faults(value, faults.delay(), faults.piece(), faults.dropAfter(), faults.resetAfter());
                    default -> throw new IllegalArgumentException(setting);
                };
            } catch (IllegalArgumentException | ArithmeticException wrong) {
                throw new WrongException(
                        "layer '" + word
                                + "': expected faults:SETTING,… of delay=MILLISECONDS, pieces=BYTES, drop=BYTES, reset=BYTES, seed=N");
            }
        }
        return faults;
    }

    private static String kind(String word) {
        int colon = word.indexOf(':');
        return colon < 0 ? word : word.substring(0, colon);
    }

    private static String rest(String word) {
        int colon = word.indexOf(':');
        return colon < 0 ? "" : word.substring(colon + 1);
    }

    private static Layer tlsServer(String word) throws WrongException {
        String[] files = rest(word).split(",", -1);
        if (files[0].isEmpty() || files.length > 2) {
            throw new WrongException(
                    "layer '" + word + "': expected tls:CERTIFICATE.pem or tls:CERTIFICATE.pem,KEY.pem");
        }
        try {
            TlsIdentity identity = TlsIdentity.load(Path.of(files[0]), Path.of(files[files.length - 1]));
            TlsContext context = TlsContext.server(identity);
            return Layer.of("tls", 6, context::accept);
        } catch (IOException unreadable) {
            throw new WrongException("layer '" + word + "': " + reason(unreadable));
        }
    }

    private static Layer tlsClient(String word, String host) throws WrongException {
        String who = rest(word);
        try {
            TlsContext context = switch (who) {
                case "" -> TlsContext.client();
                case "any" -> TlsContext.client().withPeerCheck(TlsContext.PeerCheck.NONE);
                default -> TlsContext.client().withTrust(Path.of(who));
            };
            return Layer.of("tls", 6, lower -> context.connect(lower, host));
        } catch (IOException unreadable) {
            throw new WrongException("layer '" + word + "': " + reason(unreadable));
        }
    }

    private static String reason(IOException failure) {
        return failure instanceof NoSuchFileException
                ? "no such file: " + failure.getMessage()
                : String.valueOf(failure.getMessage());
    }
}

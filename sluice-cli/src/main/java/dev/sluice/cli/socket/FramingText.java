package dev.sluice.cli.socket;

import dev.sluice.cli.socket.LayerText.WrongException;
import dev.sluice.layer.Framing;
import dev.sluice.layer.Layer;
import java.io.ByteArrayOutputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Set;

/// Reads a word of the command line that says how messages are cut, such as `length4`: each line is one.
final class FramingText {
    static final String EXPECTED = "lines, length1, length2, length4, varint, netstring, delimiter or fixed";

    private static final Set<String> KINDS =
            Set.of("lines", "length1", "length2", "length4", "varint", "netstring", "delimiter", "fixed");

    private FramingText() {}

    /// @param kind the word up to its colon
    static boolean knows(String kind) {
        return KINDS.contains(kind);
    }

    /// @param kind one that it knows
    /// @param rest what is behind the colon, or nothing
    static Layer read(String kind, String rest) throws WrongException {
        if (kind.equals("lines")) {
            require(rest.isEmpty(), kind, rest, "lines");
            return Layer.of(
                    kind,
                    5,
                    lower -> lower instanceof DatagramConnection datagrams
                            ? new MessageLines(lower, datagrams)
                            : MessageLines.over(lower, Framing.lines().over(lower)));
        }
        Framing framing = framing(kind, rest);
        return Layer.of(framing.name(), 5, lower -> MessageLines.over(lower, framing.over(lower)));
    }

    private static Framing framing(String kind, String rest) throws WrongException {
        return switch (kind) {
            case "delimiter" -> {
                byte[] delimiter = delimiter(rest);
                require(delimiter.length > 0, kind, rest, "delimiter:TEXT, with \\0, \\n, \\r, \\t, \\\\ or \\xHH");
                yield Framing.delimiter(delimiter);
            }
            case "fixed" -> {
                require(rest.matches("[1-9][0-9]{0,8}"), kind, rest, "fixed:BYTES");
                yield Framing.fixed(Integer.parseInt(rest));
            }
            case "varint", "netstring" -> {
                require(rest.isEmpty(), kind, rest, kind);
                yield kind.equals("varint") ? Framing.varint() : Framing.netstring();
            }
            default -> {
                int width = kind.charAt(kind.length() - 1) - '0';
                require(rest.isEmpty() || rest.equals("little"), kind, rest, kind + " or " + kind + ":little");
                yield Framing.lengthPrefix(width, rest.isEmpty() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
            }
        };
    }

    private static void require(boolean right, String kind, String rest, String expected) throws WrongException {
        if (!right) {
            throw new WrongException("layer '" + kind + (rest.isEmpty() ? "" : ":") + rest + "': expected " + expected);
        }
    }

    /// @return nothing if the text is wrong
    private static byte[] delimiter(String text) {
        var bytes = new ByteArrayOutputStream();
        byte[] from = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < from.length; i++) {
            if (from[i] != '\\') {
                bytes.write(from[i]);
                continue;
            }
            int at = i + 1 < from.length ? "0nrt\\".indexOf(from[i + 1]) : -1;
            if (at >= 0) {
                bytes.write("\0\n\r\t\\".charAt(at));
                i++;
            } else if (i + 3 < from.length && from[i + 1] == 'x' && hex(from, i + 2)) {
                bytes.write(HexFormat.fromHexDigit(from[i + 2]) << 4 | HexFormat.fromHexDigit(from[i + 3]));
                i += 3;
            } else {
                return new byte[0];
            }
        }
        return bytes.toByteArray();
    }

    private static boolean hex(byte[] from, int at) {
        return HexFormat.isHexDigit(from[at]) && HexFormat.isHexDigit(from[at + 1]);
    }
}

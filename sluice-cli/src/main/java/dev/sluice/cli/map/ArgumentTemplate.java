package dev.sluice.cli.map;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The command with its holes: `{}`, anywhere in any argument, is where the item goes. Without one it goes to
/// the end.
///
/// Immutable. An argument without a hole is the same array in each filled command.
final class ArgumentTemplate {
    /// The literal parts of each argument; the item goes between them. Owned, never changed.
    private final byte[][][] arguments;

    private ArgumentTemplate(byte[][][] arguments) {
        this.arguments = arguments;
    }

    /// @param command the program and its arguments, as given on the command line
    static ArgumentTemplate of(List<byte[]> command) {
        assert !command.isEmpty() : "no command";
        boolean holes = false;
        List<byte[][]> arguments = new ArrayList<>();
        for (byte[] argument : command) {
            byte[][] parts = parts(argument);
            holes |= parts.length > 1;
            arguments.add(parts);
        }
        if (!holes) {
            arguments.add(new byte[][] {{}, {}});
        }
        return new ArgumentTemplate(arguments.toArray(byte[][][]::new));
    }

    /// Whether the program itself depends on the item.
    boolean programVaries() {
        return arguments[0].length > 1;
    }

    /// The program, if it does not vary.
    byte[] program() {
        assert !programVaries() : "the program depends on the item";
        return arguments[0][0];
    }

    /// The program and its arguments for an item.
    List<byte[]> fill(byte[] item) {
        byte[][] filled = new byte[arguments.length][];
        for (int i = 0; i < filled.length; i++) {
            byte[][] parts = arguments[i];
            filled[i] = parts.length == 1 ? parts[0] : join(parts, item);
        }
        return List.of(filled);
    }

    private static byte[][] parts(byte[] argument) {
        List<byte[]> parts = new ArrayList<>();
        int start = 0;
        for (int i = 0; i + 1 < argument.length; i++) {
            if (argument[i] == '{' && argument[i + 1] == '}') {
                parts.add(Arrays.copyOfRange(argument, start, i));
                start = i + 2;
                i++;
            }
        }
        parts.add(Arrays.copyOfRange(argument, start, argument.length));
        return parts.toArray(byte[][]::new);
    }

    private static byte[] join(byte[][] parts, byte[] item) {
        int length = (parts.length - 1) * item.length;
        for (byte[] part : parts) {
            length += part.length;
        }
        if (length == item.length) {
            return item; // `{}` alone, the usual case
        }
        byte[] joined = new byte[length];
        int at = 0;
        for (int i = 0; i < parts.length; i++) {
            if (i > 0) {
                System.arraycopy(item, 0, joined, at, item.length);
                at += item.length;
            }
            System.arraycopy(parts[i], 0, joined, at, parts[i].length);
            at += parts[i].length;
        }
        return joined;
    }
}

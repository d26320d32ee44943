package dev.sluice.cli.map;

import java.io.ByteArrayOutputStream;
import java.util.List;

/// A command as a line that a POSIX shell splits back into the same arguments, byte for byte.
final class ShellQuote {
    private static final byte[] EMPTY = {'\'', '\''};
    private static final boolean[] PLAIN = plain();

    private ShellQuote() {}

    static byte[] join(List<byte[]> command) {
        var line = new ByteArrayOutputStream(64);
        for (int i = 0; i < command.size(); i++) {
            if (i > 0) {
                line.write(' ');
            }
            quote(command.get(i), line);
        }
        return line.toByteArray();
    }

    private static void quote(byte[] argument, ByteArrayOutputStream line) {
        if (argument.length == 0) {
            line.writeBytes(EMPTY);
        } else if (isPlain(argument)) {
            line.writeBytes(argument);
        } else {
            line.write('\'');
            for (byte b : argument) {
                if (b == '\'') {
                    line.write('\'');
                    line.write('\\');
                    line.write('\'');
                }
                line.write(b);
            }
            line.write('\'');
        }
    }

    private static boolean isPlain(byte[] argument) {
        for (byte b : argument) {
            if (b < 0 || !PLAIN[b]) {
                return false;
            }
        }
        return true;
    }

    private static boolean[] plain() {
        boolean[] plain = new boolean[128];
        String safe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
        for (int i = 0; i < safe.length(); i++) {
            plain[safe.charAt(i)] = true;
        }
        return plain;
    }
}

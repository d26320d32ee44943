package dev.sluice.testing;

/// What happened in a simulation, a line each step:
///
///     0.000000000 main/a: start, by main
///     1.500000000 main/a: sleep 1.5 s
///
/// The oldest half is dropped when the text exceeds its limit; a first line says so.
///
/// Threads: the loop thread, then those who look when the simulation is over.
final class Trace {
    private static final int LIMIT = 8_000_000; // characters
    private static final long SECOND = 1_000_000_000L;

    private final StringBuilder text = new StringBuilder();
    private long dropped;

    void step(long nanos, String path, String cause, String by) {
        if (text.length() > LIMIT) {
            drop();
        }
        appendSeconds(text, nanos);
        text.append(' ').append(path).append(": ").append(cause);
        if (!by.isEmpty()) {
            text.append(", by ").append(by);
        }
        text.append('\n');
    }

    private void drop() {
        int half = text.indexOf("\n", LIMIT / 2) + 1;
        for (int i = 0; i < half; i++) {
            if (text.charAt(i) == '\n') {
                dropped++;
            }
        }
        text.delete(0, half);
    }

    /// The last so many lines.
    String last(int lines) {
        int from = text.length();
        for (int line = 0; line <= lines && from >= 0; line++) {
            from = text.lastIndexOf("\n", from - 1);
        }
        return text.substring(from + 1);
    }

    @Override
    public String toString() {
        return dropped == 0 ? text.toString() : "(" + dropped + " steps before)\n" + text;
    }

    /// Seconds with nine decimals.
    static String seconds(long nanos) {
        var printed = new StringBuilder();
        appendSeconds(printed, nanos);
        return printed.toString();
    }

    private static void appendSeconds(StringBuilder to, long nanos) {
        to.append(nanos / SECOND).append('.');
        String fraction = Long.toString(SECOND + nanos % SECOND);
        to.append(fraction, 1, fraction.length());
    }
}

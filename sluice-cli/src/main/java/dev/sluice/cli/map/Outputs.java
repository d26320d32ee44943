package dev.sluice.cli.map;

import dev.sluice.io.ByteSink;
import dev.sluice.io.StreamException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;

/// Standard output and error, with the progress line that comes and goes below what they show.
///
/// The line is erased before anything else is written to the terminal, and not drawn while the cursor is in the
/// middle of somebody's line. What cannot be written to standard error is dropped; standard output that fails
/// ends the run.
///
/// Threads: each stream by its writer, `say` and the progress line by any. `screen` is held while something is
/// written that may disturb the line; drawing never waits for it.
final class Outputs {
    private static final String NAME = "sluice map: ";
    private static final String ERASE = "\r\u001b[K";
    private static final String NO_WRAP = "\u001b[?7l"; // DECAWM: a terminal narrower than the line shows its beginning
    private static final String WRAP = " \u001b[?7h"; // each further letter replaces the one in the last column

    private final ByteSink out;
    private final ByteSink err;
    private final boolean outOnScreen;
    private final ReentrantLock screen = new ReentrantLock();

    // Guarded by screen.
    private boolean drawn;
    private boolean lineOpen;
    private boolean errGone;
    private boolean errFailed; // gone for another reason than that nobody reads it

    /// @param outOnScreen whether standard output is on the terminal that has the progress line
    Outputs(ByteSink out, ByteSink err, boolean outOnScreen) {
        this.out = out;
        this.err = err;
        this.outOnScreen = outOnScreen;
    }

    /// Writes output of an item.
    void write(int stream, byte[] bytes, int length) throws IOException {
        if (stream == Slot.STDOUT && !outOnScreen) {
            out.write(bytes, 0, length);
            return;
        }
        Waiting.lock(screen);
        try {
            eraseLocked();
            if (stream == Slot.STDOUT) {
                out.write(bytes, 0, length);
            } else {
                toErr(bytes, length);
            }
            lineOpen = bytes[length - 1] != '\n';
        } finally {
            screen.unlock();
        }
    }

    /// Says something of our own on standard error.
    void say(String line) throws IOException {
        line(NAME + line);
    }

    /// A further line of what was said.
    void line(String line) throws IOException {
        Waiting.lock(screen);
        try {
            eraseLocked();
            byte[] bytes = ((lineOpen ? "\n" : "") + line + "\n").getBytes(StandardCharsets.UTF_8);
            toErr(bytes, bytes.length);
            lineOpen = false;
        } finally {
            screen.unlock();
        }
    }

    /// Draws the progress line, or leaves it if the terminal is busy.
    void draw(String text) throws IOException {
        if (!screen.tryLock()) {
            return;
        }
        try {
            if (!lineOpen) {
                byte[] bytes = ascii(ERASE + NO_WRAP + text + WRAP);
                toErr(bytes, bytes.length);
                drawn = true;
            }
        } finally {
            screen.unlock();
        }
    }

    /// Takes the progress line away.
    void erase() throws IOException {
        Waiting.lock(screen);
        try {
            eraseLocked();
        } finally {
            screen.unlock();
        }
    }

    private void eraseLocked() throws IOException {
        if (drawn) {
            drawn = false;
            byte[] bytes = ascii(ERASE);
            toErr(bytes, bytes.length);
        }
    }

    private void toErr(byte[] bytes, int length) throws IOException {
        if (errGone) {
            return;
        }
        try {
            err.write(bytes, 0, length);
        } catch (StreamException e) {
            errGone = true;
            errFailed = !e.isBrokenPipe();
        }
    }

    /// Whether standard error could not be written, as on a full disk, so that words are missing there.
    boolean errFailed() {
        Waiting.lock(screen);
        try {
            return errFailed;
        } finally {
            screen.unlock();
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}

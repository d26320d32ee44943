package dev.sluice.cli.map;

import dev.sluice.Sluice;
import dev.sluice.time.Clock;
import java.io.IOException;
import java.time.Duration;

/// Shows from time to time how far the run is.
///
/// Threads: a task of its own, and at the end whoever ends the run.
final class Progress {
    private static final Duration TERMINAL_PERIOD = Duration.ofMillis(250);
    private static final Duration LOG_PERIOD = Duration.ofSeconds(10);

    private final Outputs outputs;
    private final boolean terminal;
    private final ItemSource source;
    private final Tally tally;
    private final Clock clock = Clock.system();
    private final ProgressText text = new ProgressText(clock.nanoTime());

    /// @param terminal whether to draw one line again and again; else lines are added, seldom
    Progress(Outputs outputs, boolean terminal, ItemSource source, Tally tally) {
        this.outputs = outputs;
        this.terminal = terminal;
        this.source = source;
        this.tally = tally;
    }

    /// Shows it until cancelled.
    void run() throws IOException {
        while (true) {
            Sluice.sleep(terminal ? TERMINAL_PERIOD : LOG_PERIOD);
            if (terminal) {
                outputs.draw(now());
            } else {
                outputs.say(now());
            }
        }
    }

    /// The last word; a line on a terminal vanishes instead, when something else is written.
    void end() throws IOException {
        if (terminal) {
            outputs.erase();
        } else {
            outputs.say(now());
        }
    }

    private String now() {
        return text.at(clock.nanoTime(), tally.counts(), source.total());
    }
}

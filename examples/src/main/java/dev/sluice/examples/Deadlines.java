package dev.sluice.examples;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.sluice.Sluice;
import dev.sluice.cancel.DeadlineExceededException;
import dev.sluice.task.Deadline;

/// Slow work under deadlines, which nest: the nearest one ends the wait, and the message says which it was.
final class Deadlines {
    // tag::main
    static void main() {
        Sluice.run(() -> {
            try {
                Deadline.after(ofMillis(200)).named("report").run(() -> {
                    String title = Deadline.after(ofSeconds(30)).named("title").call(() -> "Weather");
                    IO.println("title: " + title);
                    Deadline.after(ofSeconds(30)).named("table").run(() -> Sluice.sleep(ofSeconds(60)));
                });
            } catch (DeadlineExceededException late) {
                IO.println(late.getMessage());
            }
        });
    }
    // end::main
}

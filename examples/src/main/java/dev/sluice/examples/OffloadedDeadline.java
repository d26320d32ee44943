package dev.sluice.examples;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.sluice.Sluice;
import dev.sluice.task.Deadline;

/// A deadline around a call that blocks a thread: it interrupts the thread.
final class OffloadedDeadline {
    // tag::main
    static void main() throws InterruptedException {
        Sluice.run(() -> {
            boolean done = Deadline.after(ofMillis(200)).tryRun(() -> Sluice.offload(OffloadedDeadline::slowCall));
            IO.println(done ? "in time" : "cut short");
        });
    }

    static void slowCall() throws InterruptedException {
        Thread.sleep(ofSeconds(60)); // a library that knows nothing of Sluice
    }
    // end::main
}

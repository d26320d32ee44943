package dev.sluice.examples;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.sluice.Sluice;
import dev.sluice.task.CancelScope;
import dev.sluice.task.Deadline;

/// A producer that runs until Ctrl-C, and then has a second to say good-bye.
final class Producer {
    // tag::main
    static void main() {
        Sluice.run(Producer::produce);
    }

    static void produce() {
        int item = 0;
        try {
            while (true) {
                IO.println("item " + ++item);
                Sluice.sleep(ofMillis(100));
            }
        } finally {
            int last = item;
            CancelScope.shield(() -> Deadline.after(ofSeconds(1)).run(() -> sayGoodbye(last)));
        }
    }

    static void sayGoodbye(int last) {
        Sluice.sleep(ofMillis(10)); // clean-up may wait, too
        IO.println("stopped after item " + last);
    }
    // end::main
}

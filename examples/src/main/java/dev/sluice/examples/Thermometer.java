package dev.sluice.examples;

import dev.sluice.Sluice;
import dev.sluice.space.Pipe;
import dev.sluice.space.Space;

/// Sends readings to a program in Python, through memory: `clients/python/examples/readings.py`.
final class Thermometer {
    // tag::main
    record Reading(String room, double celsius) {}

    static void main(String[] arguments) {
        Sluice.run(() -> {
            try (Space space = Space.open(arguments[0]); // shm:house
                    Pipe<Reading> readings = space.pipe("readings", Reading.class)) {
                for (int hour = 0; hour < 3; hour++) {
                    readings.send(new Reading("kitchen", 20 + hour / 2.0));
                }
            } // who has the other end gets what was sent, and then the end
        });
    }
    // end::main
}

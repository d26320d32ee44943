package dev.sluice.examples;

import static java.time.Duration.ofSeconds;

import dev.sluice.Sluice;
import dev.sluice.flow.Pipeline;
import java.util.List;

/// A pipeline: two sources, merged, cleaned, and stored in batches, not too many a second.
final class Readings {
    // tag::main
    record Reading(String place, int degrees) {
        static Reading parse(String line) {
            String[] parts = line.split(" ", 2);
            return new Reading(parts[0], Integer.parseInt(parts[1]));
        }
    }

    static void main() {
        Pipeline<String> north = Pipeline.of(List.of("north 12", "north 99", "north 14"));
        Pipeline<String> south = Pipeline.of(List.of("south 21", "south 23"));
        Sluice.run(() -> north.merge(south)
                .map(Reading::parse)
                .filter(reading -> reading.degrees() < 60)
                .chunk(3, ofSeconds(1))
                .throttle(10, ofSeconds(1))
                .forEach(batch -> IO.println("stored " + batch.size() + " readings")));
    }
    // end::main
}

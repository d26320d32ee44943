package dev.sluice.examples;

import dev.sluice.Sluice;
import dev.sluice.flow.Generator;
import java.util.ArrayList;
import java.util.List;

/// All primes, one at a time: the generator works when it is asked, and is closed when enough have been seen.
final class PrimeNumbers {
    // tag::main
    static void main() {
        Sluice.run(() -> {
            try (Generator<Integer> primes = Generator.of("primes", PrimeNumbers::primes)) {
                for (int prime : primes) {
                    if (prime > 30) {
                        break;
                    }
                    IO.println(prime);
                }
            }
        });
    }

    static void primes(Generator.Output<Integer> out) {
        List<Integer> found = new ArrayList<>();
        for (int number = 2; ; number++) { // for ever
            int candidate = number;
            if (found.stream().noneMatch(prime -> candidate % prime == 0)) {
                found.add(candidate);
                out.yield(candidate); // rests here until somebody asks for the next one
            }
        }
    }
    // end::main
}

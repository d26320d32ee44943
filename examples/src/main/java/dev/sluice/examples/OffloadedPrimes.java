package dev.sluice.examples;

import dev.sluice.Sluice;
import dev.sluice.task.JoinPolicy;
import dev.sluice.task.TaskGroup;
import java.util.List;

/// The checks of [Primes] on threads of their own: they use all cores, and the loop stays free.
final class OffloadedPrimes {
    // tag::main
    static void main() {
        Sluice.run(() -> {
            try (var group = TaskGroup.open(JoinPolicy.<Boolean>allSuccessful())) {
                for (long n : Primes.NUMBERS) {
                    group.start("check " + n, () -> Sluice.offload(() -> Primes.isPrime(n)));
                }
                List<Boolean> prime = group.join();
                IO.println(Primes.NUMBERS + " are prime: " + prime);
            }
        });
    }
    // end::main
}

package dev.sluice.examples;

import dev.sluice.Sluice;
import dev.sluice.task.TaskGroup;
import java.util.List;

/// Three numbers, the first one large, checked at the same time on one loop.
final class Primes {
    static final List<Long> NUMBERS = List.of(9_007_199_254_740_881L, 1_000_003L, 1_000_001L);

    // tag::main
    static void main() {
        Sluice.run(() -> {
            try (var group = TaskGroup.open()) {
                for (long n : NUMBERS) {
                    group.start("check " + n, () -> IO.println(n + (isPrime(n) ? " is prime" : " is not prime")));
                }
                group.join();
            }
        });
    }

    static boolean isPrime(long n) {
        for (long divisor = 2; divisor * divisor <= n; divisor++) {
            if (n % divisor == 0) {
                return false;
            }
            if (divisor % 10_000 == 0) {
                Sluice.yield();
            }
        }
        return n > 1;
    }
    // end::main
}

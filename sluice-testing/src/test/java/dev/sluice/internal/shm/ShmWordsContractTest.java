package dev.sluice.internal.shm;

import dev.sluice.testing.space.CounterContract;
import dev.sluice.testing.space.EventContract;
import dev.sluice.testing.space.LockContract;
import dev.sluice.testing.space.SemaphoreContract;
import dev.sluice.testing.space.ValueContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Nested;

/// The small objects of spaces in shared memory keep the contracts.
class ShmWordsContractTest {
    private static void remove(String address) {
        try (SharedDirectory directory =
                SharedDirectory.open(SharedDirectory.BASE, address.substring("shm:".length()))) {
            directory.removeAll();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Nested
    class Values extends ValueContract {
        @Override
        protected String address(String name) {
            return "shm:" + name;
        }

        @Override
        protected void destroy(String tested) {
            remove(tested);
        }
    }

    @Nested
    class Locks extends LockContract {
        @Override
        protected String address(String name) {
            return "shm:" + name;
        }

        @Override
        protected void destroy(String tested) {
            remove(tested);
        }
    }

    @Nested
    class Semaphores extends SemaphoreContract {
        @Override
        protected String address(String name) {
            return "shm:" + name;
        }

        @Override
        protected void destroy(String tested) {
            remove(tested);
        }
    }

    @Nested
    class Events extends EventContract {
        @Override
        protected String address(String name) {
            return "shm:" + name;
        }

        @Override
        protected void destroy(String tested) {
            remove(tested);
        }
    }

    @Nested
    class Counters extends CounterContract {
        @Override
        protected String address(String name) {
            return "shm:" + name;
        }

        @Override
        protected void destroy(String tested) {
            remove(tested);
        }
    }
}

package dev.sluice.guide;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.sync.Barrier;
import dev.sluice.sync.Condition;
import dev.sluice.sync.CountDown;
import dev.sluice.sync.Event;
import dev.sluice.sync.Limiter;
import dev.sluice.sync.Lock;
import dev.sluice.sync.Once;
import dev.sluice.sync.OwnershipException;
import dev.sluice.sync.RateLimiter;
import dev.sluice.sync.Semaphore;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SynchronisationGuideTest {
    private final List<String> seen = Collections.synchronizedList(new ArrayList<>());

    private void write(String line) {
        Sluice.yield();
        seen.add(line);
    }

    @Test
    void locks() {
        Sluice.run(() -> {
            // tag::lock
            Lock journal = new Lock("journal");
            journal.run(() -> {
                write("begin"); // each of these suspends, and no other writer comes between
                write("end");
            });
            try (var _ = journal.acquire()) {
                write("note");
            }
            // end::lock
            assertThat(seen).containsExactly("begin", "end", "note");
            assertThat(journal.statistics().owner()).isEmpty();
        });
    }

    @Test
    void deadlines() {
        Sluice.run(() -> {
            Lock journal = new Lock("journal");
            try (var group = TaskGroup.open()) {
                var holder = group.start("holder", () -> journal.run(() -> Sluice.sleep(ofSeconds(60))));
                while (journal.statistics().owner().isEmpty()) {
                    Sluice.yield();
                }
                // tag::deadline
                boolean written = Deadline.after(ofMillis(20)).tryRun(() -> journal.run(() -> write("late")));
                // end::deadline
                assertThat(written).isFalse();
                holder.cancel("seen");
                group.join();
            }
            assertThat(seen).isEmpty();
        });
    }

    @Test
    void selfDeadlock() {
        Lock journal = new Lock("journal");
        Sluice.run(() -> assertThatThrownBy(() -> {
                    // tag::twice
                    journal.run(() -> journal.run(() -> write("never")));
                    // acquire lock journal: owner=main, expected another than the caller
                    // end::twice
                })
                .isInstanceOf(OwnershipException.class)
                .hasMessage("acquire lock journal: owner=main, expected another than the caller"));
    }

    // tag::condition
    static final class Mailbox {
        private final Lock lock = new Lock("mailbox");
        private final Condition notEmpty = lock.condition("not empty");
        private final ArrayDeque<String> letters = new ArrayDeque<>(); // guarded by lock

        void put(String letter) {
            lock.run(() -> {
                letters.add(letter);
                notEmpty.signal();
            });
        }

        String take() {
            return lock.call(() -> {
                notEmpty.awaitUntil(() -> !letters.isEmpty());
                return letters.remove();
            });
        }
    }
    // end::condition

    @Test
    void conditions() {
        var mailbox = new Mailbox();
        Sluice.run(() -> {
            try (var group = TaskGroup.open()) {
                group.start("reader", () -> seen.add(mailbox.take()));
                Sluice.yield();
                mailbox.put("hello");
                group.join();
            }
        });
        assertThat(seen).containsExactly("hello");
    }

    @Test
    void semaphores() {
        Sluice.run(() -> {
            // tag::semaphore
            var memory = new Semaphore("memory in MB", 512);
            try (var _ = memory.acquire(200)) { // waits until so many are free
                write("large");
            }
            memory.run(() -> write("small")); // one
            // end::semaphore
            assertThat(memory.statistics().available()).isEqualTo(512);
        });
    }

    @Test
    void limiters() {
        Sluice.run(() -> {
            // tag::limiter
            var connections = new Limiter("connections", 2);
            connections.run(() -> {
                write("fetched");
                connections.resize(4); // while they run
                seen.addAll(connections.statistics().borrowers()); // main
            });
            // end::limiter
            assertThat(seen).containsExactly("fetched", "main");
        });
    }

    @Test
    void events() {
        Sluice.run(() -> {
            // tag::event
            Event open = new Event("open");
            CountDown ready = new CountDown("ready", 3);
            try (var group = TaskGroup.open()) {
                for (String name : List.of("a", "b", "c")) {
                    group.start(name, () -> {
                        ready.countDown();
                        open.await();
                        write(name);
                    });
                }
                ready.await(); // all three wait
                open.set();
                group.join();
            }
            // end::event
            assertThat(seen).containsExactlyInAnyOrder("a", "b", "c");
        });
    }

    @Test
    void barriers() {
        Sluice.run(() -> {
            // tag::barrier
            Barrier round = new Barrier("round", 2);
            try (var group = TaskGroup.open()) {
                for (String name : List.of("even", "odd")) {
                    group.start(name, () -> {
                        for (int i = 0; i < 3; i++) {
                            if (round.await() == 0) { // one of them
                                write("round " + i);
                            }
                        }
                    });
                }
                group.join();
            }
            // end::barrier
            assertThat(seen).containsExactlyInAnyOrder("round 0", "round 1", "round 2");
        });
    }

    // tag::once
    private final Once<String> config = new Once<>("config");

    String config() throws IOException {
        return config.get(() -> load("app.conf")); // a failure is thrown, and the next caller tries again
    }
    // end::once

    private String load(String name) throws IOException {
        write("loading");
        if (seen.size() == 1) {
            throw new IOException("disk not ready");
        }
        return name;
    }

    @Test
    void once() throws Exception {
        Sluice.run(() -> {
            assertThatThrownBy(this::config).isInstanceOf(IOException.class);
            try (var group = TaskGroup.open()) {
                for (int i = 0; i < 5; i++) {
                    group.start("task", () -> assertThat(config()).isEqualTo("app.conf"));
                }
                group.join();
            }
        });
        assertThat(seen).containsExactly("loading", "loading");
    }

    @Test
    void rates() {
        Sluice.run(() -> {
            // tag::rate
            RateLimiter requests = RateLimiter.of(1, ofHours(1)).withBurst(2).named("requests");
            requests.acquire();
            requests.acquire(); // the two that were kept
            Deadline.after(ofSeconds(1)).run(() -> {
                try {
                    requests.acquire();
                } catch (RateLimiter.RefusedException tooLate) {
                    seen.add("come back in " + tooLate.delay().toMinutes() + " minutes");
                }
            });
            // end::rate
            assertThat(seen).containsExactly("come back in 59 minutes");
        });
    }

    @Test
    void statistics() {
        Sluice.run(() -> {
            // tag::statistics
            Lock lock = new Lock("accounts");
            try (var group = TaskGroup.open()) {
                lock.acquire();
                var transfer = group.start("transfer", () -> lock.run(() -> write("transferred")));
                while (lock.statistics().waiters().isEmpty()) {
                    Sluice.yield();
                }
                seen.add(transfer.doing()); // waiting for lock accounts held by main
                seen.add(lock.statistics().waiters().getFirst()); // main/transfer
                lock.release();
                group.join();
            }
            // end::statistics
        });
        assertThat(seen).containsExactly("waiting for lock accounts held by main", "main/transfer", "transferred");
    }

    @Test
    void threads() throws InterruptedException {
        // tag::threads
        Event done = new Event("done");
        Thread worker = Thread.ofPlatform().start(() -> {
            seen.add("worked");
            done.set();
        });
        Sluice.run(() -> Deadline.after(ofSeconds(30)).run(done::await));
        // end::threads
        worker.join();
        assertThat(seen).containsExactly("worked");
    }
}

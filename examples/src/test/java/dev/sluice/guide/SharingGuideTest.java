package dev.sluice.guide;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.channel.Broadcast.Lag;
import dev.sluice.codec.Cbor;
import dev.sluice.layer.Messages;
import dev.sluice.layer.Stack;
import dev.sluice.space.Array;
import dev.sluice.space.Lease;
import dev.sluice.space.Namespace;
import dev.sluice.space.Namespace.Entry;
import dev.sluice.space.Pipe;
import dev.sluice.space.Queue;
import dev.sluice.space.Space;
import dev.sluice.space.Topic;
import dev.sluice.space.Value;
import dev.sluice.space.sync.SharedCounter;
import dev.sluice.space.sync.SharedEvent;
import dev.sluice.space.sync.SharedLock;
import dev.sluice.space.sync.SharedSemaphore;
import dev.sluice.task.Deadline;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SharingGuideTest {
    record Job(int number, String text) {}

    record Limits(int least, int most) {
        Limits doubled() {
            return new Limits(2 * least, 2 * most);
        }
    }

    @Test
    void options() {
        try (Space space = Space.open("local:")) {
            // tag::options
            Queue<Job> jobs = space.queue(
                    "jobs",
                    Cbor.of(Job.class),
                    Queue.Options.defaults().withCapacity(100).withLevels(2).withDeliveries(3));
            jobs.put(new Job(1, "report"));
            jobs.put(new Job(2, "alarm"), 0); // before all of level 1
            try (Lease<Job> lease = jobs.take()) {
                assertThat(lease.item().text()).isEqualTo("alarm");
                lease.giveBack(ofSeconds(10)); // not now
            }
            // end::options
            assertThat(jobs.statistics().delayed()).isEqualTo(1);
        }
    }

    @Test
    void deadLetters() {
        try (Space space = Space.open("local:")) {
            Queue<Job> jobs = space.queue(
                    "jobs", Cbor.of(Job.class), Queue.Options.defaults().withDeliveries(1));
            jobs.put(new Job(1, "poison"));
            jobs.take().close();
            List<Job> seen = new ArrayList<>();
            // tag::dead
            try (Lease<Job> lease = jobs.deadLetters().take()) {
                seen.add(lease.item());
                lease.done();
            }
            // end::dead
            assertThat(seen).containsExactly(new Job(1, "poison"));
        }
    }

    @Test
    void pipes() {
        try (Space one = Space.open("local:pipes");
                Space two = Space.open("local:pipes")) {
            // tag::pipe
            Pipe<String> here = one.pipe("chat", String.class); // the first who asks
            Pipe<String> there = two.pipe("chat", String.class); // the second
            here.send("hello");
            there.send("to you, too: " + there.receive());
            there.close();
            List<String> heard = new ArrayList<>();
            for (String message : here) { // until the other end is closed
                heard.add(message);
            }
            // end::pipe
            assertThat(heard).containsExactly("to you, too: hello");
        }
    }

    @Test
    void connections() throws Exception {
        Sluice.run(() -> {
            try (Space one = Space.open("local:lines");
                    Space two = Space.open("local:lines")) {
                // tag::connection
                Messages<String> here = Stack.over(one.connection("line")).lines();
                Messages<String> there = Stack.over(two.connection("line")).lines();
                here.send("hello");
                there.send("to you, too: " + there.receive().orElseThrow());
                there.close();
                List<String> heard = new ArrayList<>();
                for (String line : here) { // until the other end is closed
                    heard.add(line);
                }
                // end::connection
                assertThat(heard).containsExactly("to you, too: hello");
            }
        });
    }

    @Test
    void topics() {
        try (Space space = Space.open("local:")) {
            // tag::topic
            Topic<Integer> prices = space.topic("prices", Integer.class);
            try (Topic.Subscription<Integer> own = prices.subscribe(Lag.DROP_OLDEST)) {
                prices.publish(101);
                prices.publish(102);
                assertThat(own.receive()).isEqualTo(101);
            }
            // end::topic
        }
    }

    @Test
    void namespaces() {
        try (Space space = Space.open("local:")) {
            // tag::namespace
            Namespace settings = space.namespace("settings");
            settings.put("limits", new Limits(1, 10));
            Limits limits = settings.get("limits", Limits.class).orElseThrow();

            Entry entry = settings.get("limits").orElseThrow();
            OptionalLong version = settings.compareAndSet("limits", entry.version(), limits.doubled());
            OptionalLong late = settings.compareAndSet("limits", entry.version(), limits); // empty: it has changed
            // end::namespace
            assertThat(version).isPresent();
            assertThat(late).isEmpty();
        }
    }

    @Test
    void values() {
        try (Space space = Space.open("local:")) {
            // tag::value
            Value<Limits> limits = space.value("limits", Limits.class, new Limits(1, 10));
            limits.update(Limits::doubled);
            Limits wanted = limits.await(now -> now.most() > 10);

            Array sums = space.array("sums", 8); // 64-bit numbers, all zero
            sums.add(0, 5);
            sums.setDouble(1, 0.5);
            // end::value
            assertThat(wanted).isEqualTo(new Limits(2, 20));
            assertThat(sums.get(0)).isEqualTo(5);
        }
    }

    @Test
    void coordination() {
        try (Space space = Space.open("local:")) {
            // tag::sync
            SharedEvent stop = space.event("stop");
            SharedCounter done = space.counter("done");
            SharedSemaphore licences = space.semaphore("licences", 3);
            while (!stop.isSet()) {
                licences.run(() -> done.add(1));
                if (done.get() == 10) {
                    stop.set();
                }
            }
            // end::sync
            assertThat(done.awaitAtLeast(10)).isEqualTo(10);
        }
    }

    @Test
    void locks() {
        try (Space space = Space.open("local:")) {
            SharedLock lock = space.lock("ledger");
            List<String> ledger = new ArrayList<>();
            // tag::lock
            try (SharedLock.Held held = lock.acquire()) {
                if (held.recovered()) { // an owner has died in here
                    ledger.clear();
                    held.repaired();
                }
                ledger.add("entry");
            }
            // end::lock
            assertThat(ledger).hasSize(1);
        }
    }

    @Test
    void deadlines() {
        try (Space space = Space.open("local:")) {
            Queue<Job> jobs = space.queue("jobs", Job.class);
            // tag::deadline
            boolean taken = Deadline.after(ofSeconds(1).dividedBy(50)).tryRun(() -> {
                try (Lease<Job> lease = jobs.take()) {
                    lease.done();
                }
            });
            // end::deadline
            assertThat(taken).isFalse();
        }
    }
}

package dev.sluice.internal.shm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.Broadcast.Lag;
import dev.sluice.channel.Received;
import dev.sluice.space.Lease;
import dev.sluice.space.Namespace;
import dev.sluice.space.Namespace.Change;
import dev.sluice.space.Namespace.Entry;
import dev.sluice.space.Pipe;
import dev.sluice.space.Queue;
import dev.sluice.space.Space;
import dev.sluice.space.SpaceException;
import dev.sluice.space.Topic;
import dev.sluice.space.sync.SharedBarrier;
import dev.sluice.space.sync.SharedLock;
import dev.sluice.space.sync.SharedReadWriteLock;
import dev.sluice.space.sync.SharedSemaphore;
import dev.sluice.sync.Hold;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Who shares all kinds of objects with processes that are stopped, or killed, and looks behind that whether
/// they are whole and go on.
final class Survivor implements AutoCloseable {
    private final Space space;
    private final Namespace.Watch watch;
    private final Topic.Subscription<String> subscription;
    private final Map<String, String> seen = new HashMap<>();
    private long published;
    private long taken;

    Survivor(String address) {
        space = Space.open(address);
        watch = Mortal.namespace(space).watch("");
        subscription = Mortal.topic(space).subscribe(Lag.WAIT);
    }

    /// Releases what the dead have left, as the thread of each process does every 100 ms; it may be at it.
    private static void sweep(WaitThread.Chores object, String what) {
        Participants participants = object.file().participants();
        until(
                what,
                object,
                () -> participants.unswept().stream().allMatch(entry -> entry.stamp() == participants.stamp()));
    }

    private static void until(String what, WaitThread.Chores object, BooleanSupplier holds) {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (!holds.getAsBoolean()) {
            object.doChores();
            assertThat(System.nanoTime() - end).as(what).isNegative();
        }
    }

    private long count(String what) {
        return space.counter(what).get();
    }

    /// How often the dead had done what they count.
    long progress() {
        return Math.min(count("count.done"), Math.min(count("put.done"), count("topic.done")));
    }

    /// Nobody has died.
    void requireAllDone() {
        for (String what : List.of("count", "put", "topic", "locked", "taken")) {
            assertThat(count(what + ".done")).as(what).isPositive().isEqualTo(count(what + ".begun"));
        }
    }

    void check(String life, String what) throws Exception {
        switch (life) {
            case "namespace" -> checkNamespace(what);
            case "topic" -> checkTopic(what);
            case "readwrite" -> checkReadersAndWriters(what);
            case "barrier" -> checkBarrier(what);
            case "queue" -> checkQueue(what);
            case "words" -> checkWords(what);
            default -> checkPipe(what);
        }
    }

    private void checkNamespace(String what) {
        Namespace namespace = Mortal.namespace(space);
        NamespaceWords words = ((ShmNamespace) namespace).words();
        sweep(words, what);
        assertThat(namespace.get("count", Integer.class).orElse(0)).as(what).isBetween((int) count("count.done"), (int)
                count("count.begun"));
        for (String key : List.of("a", "b")) {
            namespace
                    .get(key, String.class)
                    .ifPresent(text -> assertThat(Mortal.isWhole(text))
                            .as(what + ": " + text)
                            .isTrue());
        }
        assertThat(namespace.get("mine")).as(what).isEmpty();
        assertThat(namespace.get("short")).as(what).isEmpty();
        assertThat(words.table().violation()).as(what).isEmpty();
        List<Entry> listed = namespace.list("");
        until(what, words, () -> words.table().count() == listed.size()); // what was due is removed
        for (int i = listed.size(); i < Mortal.KEYS; i++) {
            namespace.put("room " + i, "1");
        }
        assertThat(namespace.list("")).as(what).hasSize(Mortal.KEYS);
        for (int i = listed.size(); i < Mortal.KEYS; i++) {
            namespace.remove("room " + i);
        }
        look();
        Map<String, String> now = new HashMap<>();
        namespace.list("").forEach(entry -> now.put(entry.key(), entry.toString()));
        assertThat(seen).as(what).isEqualTo(now);
        assertThat(words.file().participants().living()).as(what).hasSize(1);
    }

    private void look() {
        for (Optional<Change> next = watch.poll(); next.isPresent(); next = watch.poll()) {
            switch (next.get()) {
                case Change.Put(Entry entry) -> seen.put(entry.key(), entry.toString());
                case Change.Removed(String key) -> seen.remove(key);
            }
        }
    }

    private void checkTopic(String what) {
        Topic<String> topic = Mortal.topic(space);
        TopicWords words = ((ShmTopic<String>) topic).words();
        sweep(words, what);
        drain(what);
        for (int i = 0; i < 8; i++) { // nobody waits for the dead
            topic.publish(Mortal.whole(1000 + i));
            published--;
            assertThat(drain(what)).as(what).isEqualTo(Mortal.whole(1000 + i));
        }
        assertThat(published).as(what).isBetween(count("topic.done"), count("topic.begun"));
        assertThat(words.table().violation()).as(what).isEmpty();
    }

    /// @return the last message
    private String drain(String what) {
        String last = "";
        while (subscription.tryReceive() instanceof Received.Value<String>(String message)) {
            assertThat(Mortal.isWhole(message)).as(what + ": " + message).isTrue();
            published++;
            last = message;
        }
        return last;
    }

    private void checkReadersAndWriters(String what) {
        SharedReadWriteLock lock = space.readWriteLock("rw");
        sweep((ShmReadWriteLock) lock, what);
        try (SharedLock.Held held = lock.write().acquire()) {
            if (count("inside") == 1) {
                assertThat(held.recovered()).as(what).isTrue();
                space.counter("inside").set(0);
            }
            held.repaired();
        }
        lock.read().acquire().close();
    }

    private void checkBarrier(String what) throws Exception {
        SharedBarrier barrier = space.barrier("b", 2);
        sweep((ShmBarrier) barrier, what);
        barrier.reset();
        sweep((ShmBarrier) space.barrier("alone", 1), what);
        assertThat(space.barrier("alone", 1).await()).as(what).isZero();
        for (int round = 0; round < 2; round++) {
            CompletableFuture<Integer> other = new CompletableFuture<>();
            Thread.ofPlatform().daemon().start(() -> other.complete(barrier.await()));
            int place = barrier.await();
            assertThat(other.get(60, TimeUnit.SECONDS)).as(what).isEqualTo(1 - place);
        }
    }

    private void checkQueue(String what) {
        Queue<String> queue = Mortal.queue(space);
        SharedQueue words = ((ShmSpace) space).sharedQueue("q", queue.options());
        sweep(words, what);
        takeAll(queue, words, what);
        queue.put(Mortal.whole(7));
        taken--;
        takeAll(queue, words, what);
        queue.join();
        assertThat(taken + count("taken.begun")).as(what).isGreaterThanOrEqualTo(count("put.done"));
        assertThat(taken + count("taken.done")).as(what).isLessThanOrEqualTo(count("put.begun"));
        assertThat(words.slots().violation()).as(what).isEmpty();
    }

    private void takeAll(Queue<String> queue, SharedQueue words, String what) {
        while (!words.slots().isDone()) {
            if (queue.tryTake() instanceof Received.Value<Lease<String>>(Lease<String> lease)) {
                assertThat(Mortal.isWhole(lease.item()))
                        .as(what + ": " + lease.item())
                        .isTrue();
                lease.done();
                taken++;
            }
        }
    }

    private void checkWords(String what) {
        sweep((ShmLock) space.lock("lock"), what);
        try (SharedLock.Held held = space.lock("lock").acquire()) {
            held.repaired();
        }
        SharedSemaphore semaphore = space.semaphore("permits", Mortal.PERMITS);
        sweep((ShmSemaphore) semaphore, what);
        List<Hold> holds = new ArrayList<>();
        for (int i = 0; i < Mortal.PERMITS; i++) {
            holds.add(semaphore.acquire());
        }
        assertThat(semaphore.available()).as(what).isZero();
        holds.forEach(Hold::close);
        var value = space.value("value", String.class, Mortal.whole(0));
        assertThat(Mortal.isWhole(value.get())).as(what).isTrue();
        value.set(Mortal.whole(5));
        assertThat(value.get()).as(what).isEqualTo(Mortal.whole(5));
        space.event("ready").set();
        space.event("ready").await();
        space.event("ready").clear();
    }

    private void checkPipe(String what) {
        boolean whole = false;
        for (int i = 0; i < 2 && !whole; i++) {
            try (Pipe<String> one = pipe()) {
                whole = checkPipe(one, what);
            }
        }
        assertThat(whole).as(what).isTrue();
    }

    /// @return false if the other end was the dead one's, which nobody else gets
    private boolean checkPipe(Pipe<String> one, String what) {
        try (Pipe<String> two = pipe()) {
            one.send(Mortal.whole(1));
            assertThat(two.receive()).as(what).isEqualTo(Mortal.whole(1));
            return true;
        } catch (SpaceException busy) {
            assertThat(busy.problem()).as(what).isEqualTo(SpaceException.Problem.BUSY);
            assertThat(one.receiveOrEnd()).as(what).isNotInstanceOf(Received.Empty.class);
            return false;
        }
    }

    private Pipe<String> pipe() {
        return Mortal.pipe(space);
    }

    @Override
    public void close() {
        watch.close();
        subscription.close();
        space.close();
    }
}

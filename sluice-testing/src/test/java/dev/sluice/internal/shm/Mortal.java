package dev.sluice.internal.shm;

import dev.sluice.channel.Broadcast.Lag;
import dev.sluice.channel.Received;
import dev.sluice.codec.Codec;
import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Signals;
import dev.sluice.internal.linux.Unistd;
import dev.sluice.space.Lease;
import dev.sluice.space.Namespace;
import dev.sluice.space.Namespace.Lifetime;
import dev.sluice.space.Pipe;
import dev.sluice.space.Queue;
import dev.sluice.space.Space;
import dev.sluice.space.SpaceException;
import dev.sluice.space.Topic;
import dev.sluice.space.sync.SharedBarrier;
import dev.sluice.space.sync.SharedLock;
import dev.sluice.space.sync.SharedReadWriteLock;
import dev.sluice.sync.Hold;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// What a process does that is stopped, or killed, with each kind of object. What it is about to do and what it
/// has done it counts in shared memory, so that those who outlive it know between which two numbers the truth
/// is.
///
/// It waits for nobody: what cannot be had at once is left.
///
/// It is started ahead, and waits for a line: `ADDRESS LIFE SIGNAL LABEL NUMBER NANOS`. Before its step of that
/// label and number, from 0, it sends itself the signal; or so many nanoseconds behind it, while it goes on.
/// The label `*` is that of all steps. Where it has been stopped it goes on when there is another line.
final class Mortal {
    static final List<String> LIVES =
            List.of("namespace", "topic", "readwrite", "barrier", "queue", "words", "pipe", "all");

    static final int PERMITS = 2;
    static final int KEYS = 6;
    private static final Pipe.Options PIPE = new Pipe.Options(1 << 10);

    private static final Namespace.Options NAMESPACE =
            Namespace.Options.defaults().withKeys(KEYS).withItemBytes(40);
    private static final Topic.Options TOPIC =
            Topic.Options.defaults().withCapacity(4).withItemBytes(40);
    private static final Queue.Options QUEUE =
            Queue.Options.defaults().withCapacity(8).withItemBytes(40).withDeliveries(0);

    private final Space space;

    private Mortal(Space space) {
        this.space = space;
    }

    static void main(String[] arguments) throws IOException {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String line = in.readLine();
        if (line == null) {
            return; // the test has ended
        }
        String[] words = line.split(" ", -1);
        watch(in, words);
        live(words[0], words[1]);
    }

    private static void watch(BufferedReader in, String[] words) {
        int signal = Integer.parseInt(words[2]);
        String label = words[3];
        int[] left = {Integer.parseInt(words[4])};
        long nanos = Long.parseLong(words[5]);
        Thread self = Thread.currentThread();
        CountDownLatch near = new CountDownLatch(1);
        if (nanos > 0) {
            Thread.ofPlatform().daemon().start(() -> signalBehind(near, signal, nanos));
        }
        Steps.watch(step -> {
            if (Thread.currentThread() == self && (label.equals("*") || label.equals(step)) && left[0]-- == 0) {
                near.countDown();
                if (nanos == 0) {
                    signal(signal);
                    awaitLine(in);
                }
            }
        });
    }

    /// It may take a while until all threads have been stopped: this one does not go on before it is told.
    private static void awaitLine(BufferedReader in) {
        try {
            in.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void signalBehind(CountDownLatch near, int signal, long nanos) {
        try {
            near.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        signal(signal);
    }

    private static void signal(int signal) {
        CallState state = new CallState();
        Signals.kill(state, Unistd.getpid(state), signal);
    }

    static Namespace namespace(Space space) {
        return space.namespace("n", NAMESPACE);
    }

    static Topic<String> topic(Space space) {
        return space.topic("t", Codec.utf8(), TOPIC);
    }

    static Queue<String> queue(Space space) {
        return space.queue("q", Codec.utf8(), QUEUE);
    }

    static Pipe<String> pipe(Space space) {
        return space.pipe("p", Codec.utf8(), PIPE);
    }

    /// A text that shows whether it is whole.
    static String whole(long number) {
        return number + ":" + Long.toString(number).repeat(3);
    }

    static boolean isWhole(String text) {
        return text.equals(whole(Long.parseLong(text.substring(0, text.indexOf(':')))));
    }

    /// Lives once, with an opening of its own.
    static void live(String address, String life) {
        try (Space space = Space.open(address)) {
            var mortal = new Mortal(space);
            switch (life) {
                case "namespace" -> mortal.liveWithNamespace();
                case "topic" -> mortal.liveWithTopic();
                case "readwrite" -> mortal.liveWithReadersAndWriters();
                case "barrier" -> mortal.liveWithBarrier();
                case "queue" -> mortal.liveWithQueue();
                case "words" -> mortal.liveWithWords();
                case "pipe" -> mortal.liveWithPipe();
                case "wait" -> mortal.liveWithWait();
                case "lag" -> mortal.liveWithLag();
                default -> LIVES.subList(0, LIVES.size() - 1).forEach(each -> live(address, each));
            }
        }
    }

    private void begun(String what) {
        space.counter(what + ".begun").add(1);
    }

    private void done(String what) {
        space.counter(what + ".done").add(1);
    }

    private void liveWithNamespace() {
        Namespace namespace = namespace(space);
        for (int i = 0; i < 2; i++) {
            begun("count");
            namespace.update("count", Integer.class, 0, now -> now + 1);
            done("count");
            long number = namespace.get("count", Integer.class).orElseThrow();
            namespace.put("a", whole(number));
            namespace.get("a").ifPresent(entry -> namespace.compareAndSet("a", entry.version(), whole(number + 1)));
            namespace.put("b", whole(number));
            namespace.put("mine", new byte[] {1}, Lifetime.ephemeral());
            namespace.put("short", new byte[] {1}, Lifetime.expiring(Duration.ofNanos(1)));
            namespace.remove("b");
        }
    }

    private void liveWithTopic() {
        Topic<String> topic = topic(space);
        Topic.Subscription<String> own = topic.subscribe(Lag.DROP_OLDEST);
        Topic.Subscription<String> waitedFor = topic.subscribe(Lag.WAIT);
        for (int i = 0; i < 3; i++) {
            begun("topic");
            if (topic.tryPublish(whole(i))) {
                done("topic");
            }
            own.tryReceive();
        }
        waitedFor.tryReceive();
        waitedFor.close();
        topic.subscribe(Lag.WAIT); // and does not receive
    }

    private void liveWithReadersAndWriters() {
        SharedReadWriteLock lock = space.readWriteLock("rw");
        lock.read().tryAcquire().ifPresent(SharedLock.Held::close);
        lock.write().tryAcquire().ifPresent(held -> {
            space.counter("inside").set(1);
            held.repaired();
            space.counter("inside").set(0);
            held.close();
        });
        lock.read().tryAcquire();
    }

    private void liveWithBarrier() {
        SharedBarrier alone = space.barrier("alone", 1);
        alone.await();
        SharedBarrier barrier = space.barrier("b", 2);
        barrier.abort("no luck");
        barrier.reset();
        alone.await();
    }

    private void liveWithQueue() {
        Queue<String> queue = queue(space);
        for (int i = 0; i < 3; i++) {
            begun("put");
            if (queue.tryPut(whole(i))) {
                done("put");
            }
        }
        if (queue.tryTake() instanceof Received.Value<Lease<String>>(Lease<String> lease)) {
            begun("taken");
            lease.done();
            done("taken");
        }
        if (queue.tryTake() instanceof Received.Value<Lease<String>>(Lease<String> lease)) {
            lease.close(); // gives it back
        }
        queue.tryTake(); // and has it at the end
    }

    private void liveWithWords() {
        space.lock("lock").tryAcquire().ifPresent(held -> {
            begun("locked");
            done("locked");
            held.repaired();
            held.close();
        });
        space.semaphore("permits", PERMITS).tryAcquire().ifPresent(Hold::close);
        var value = space.value("value", String.class, whole(0));
        value.set(whole(space.counter("locked.done").get()));
        space.event("ready").set();
        space.condition("changed").signal();
        space.event("ready").clear();
        space.semaphore("permits", PERMITS).tryAcquire();
    }

    private void liveWithPipe() {
        try (Pipe<String> one = pipe(space);
                Pipe<String> two = pipe(space)) {
            one.send(whole(1));
            two.send(whole(2));
            if (!isWhole(one.receive()) || !isWhole(two.receive())) {
                throw new IllegalStateException("torn");
            }
        } catch (SpaceException busy) {
            if (busy.problem() != SpaceException.Problem.BUSY) {
                throw busy;
            }
        }
    }

    // ---- who is stopped while others go on

    private void liveWithWait() {
        space.barrier("b", 2).await();
    }

    private void liveWithLag() {
        Topic.Subscription<String> dropping = topic(space).subscribe(Lag.DROP_OLDEST);
        Topic.Subscription<String> failing = topic(space).subscribe(Lag.FAIL);
        begun("lag");
        while (dropping.tryReceive() instanceof Received.Value<String>) {
            done("lag");
        }
        space.counter("dropped").add(dropping.dropped());
        if (failing.tryReceive() instanceof Received.Failed<String>(Throwable cause)
                && cause instanceof SpaceException told
                && told.problem() == SpaceException.Problem.LAGGED) {
            space.counter("told").add(1);
        }
    }
}

package dev.sluice.internal.shm;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

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
import dev.sluice.space.sync.SharedReadWriteLock;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

/// What a process does that is stopped, or killed, with each kind of object. What it is about to do and what it
/// has done it counts in shared memory, so that those who outlive it know between which two numbers the truth
/// is.
///
/// It waits for nobody: what cannot be had at once is left.
///
/// It is started ahead, and waits for a line: `ADDRESS LIFE SIGNAL LABEL NUMBER NANOS`. Before its step of that
/// label and number, from 0, it sends itself the signal; or so many nanoseconds behind it, while it goes on.
/// The label `*` is that of all steps. Where it has been stopped it goes on when there is another line.
///
/// Argument: a folder, for a file of one byte with the number of the process as its name. The byte is 1 while
/// it is in the middle of an operation.
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
    private final ByteBuffer inside;

    private Mortal(Space space, ByteBuffer inside) {
        this.space = space;
        this.inside = inside;
    }

    static void main(String[] arguments) throws IOException {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String line = in.readLine();
        if (line == null) {
            return; // the test has ended
        }
        String[] words = line.split(" ", -1);
        watch(in, words);
        Path mark = Path.of(arguments[0], String.valueOf(ProcessHandle.current().pid()));
        try (FileChannel file = FileChannel.open(mark, CREATE, READ, WRITE)) {
            live(words[0], words[1], file.map(FileChannel.MapMode.READ_WRITE, 0, 1));
        }
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
        live(address, life, ByteBuffer.allocate(1));
    }

    private static void live(String address, String life, ByteBuffer inside) {
        if (life.equals("all")) {
            LIVES.subList(0, LIVES.size() - 1).forEach(each -> live(address, each, inside));
            return;
        }
        Space space = Space.open(address);
        var mortal = new Mortal(space, inside);
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
            default -> throw new IllegalArgumentException("live: life=" + life);
        }
        mortal.runs(space::close);
    }

    /// Does what is one operation; the order of what an interpreter writes is that of the program.
    private <T> T does(Supplier<T> operation) {
        inside.put(0, (byte) 1);
        T result = operation.get();
        inside.put(0, (byte) 0);
        return result;
    }

    private void runs(Runnable operation) {
        does(() -> {
            operation.run();
            return true;
        });
    }

    private void begun(String what) {
        does(() -> space.counter(what + ".begun").add(1));
    }

    private void done(String what) {
        does(() -> space.counter(what + ".done").add(1));
    }

    private void liveWithNamespace() {
        Namespace namespace = does(() -> namespace(space));
        for (int i = 0; i < 2; i++) {
            begun("count");
            does(() -> namespace.update("count", Integer.class, 0, now -> now + 1));
            done("count");
            long number = does(() -> namespace.get("count", Integer.class)).orElseThrow();
            does(() -> namespace.put("a", whole(number)));
            does(() -> namespace.get("a"))
                    .ifPresent(entry -> does(() -> namespace.compareAndSet("a", entry.version(), whole(number + 1))));
            does(() -> namespace.put("b", whole(number)));
            does(() -> namespace.put("mine", new byte[] {1}, Lifetime.ephemeral()));
            does(() -> namespace.put("short", new byte[] {1}, Lifetime.expiring(Duration.ofNanos(1))));
            does(() -> namespace.remove("b"));
        }
    }

    private void liveWithTopic() {
        Topic<String> topic = does(() -> topic(space));
        Topic.Subscription<String> own = does(() -> topic.subscribe(Lag.DROP_OLDEST));
        Topic.Subscription<String> waitedFor = does(() -> topic.subscribe(Lag.WAIT));
        for (int i = 0; i < 3; i++) {
            String message = whole(i);
            begun("topic");
            if (does(() -> topic.tryPublish(message))) {
                done("topic");
            }
            does(own::tryReceive);
        }
        does(waitedFor::tryReceive);
        runs(waitedFor::close);
        does(() -> topic.subscribe(Lag.WAIT)); // and does not receive
    }

    private void liveWithReadersAndWriters() {
        SharedReadWriteLock lock = does(() -> space.readWriteLock("rw"));
        does(lock.read()::tryAcquire).ifPresent(held -> runs(held::close));
        does(lock.write()::tryAcquire).ifPresent(held -> {
            runs(() -> space.counter("inside").set(1));
            runs(held::repaired);
            runs(() -> space.counter("inside").set(0));
            runs(held::close);
        });
        does(lock.read()::tryAcquire);
    }

    private void liveWithBarrier() {
        SharedBarrier alone = does(() -> space.barrier("alone", 1));
        does(alone::await);
        SharedBarrier barrier = does(() -> space.barrier("b", 2));
        does(() -> barrier.abort("no luck"));
        runs(barrier::reset);
        does(alone::await);
    }

    private void liveWithQueue() {
        Queue<String> queue = does(() -> queue(space));
        for (int i = 0; i < 3; i++) {
            String item = whole(i);
            begun("put");
            if (does(() -> queue.tryPut(item))) {
                done("put");
            }
        }
        if (does(queue::tryTake) instanceof Received.Value<Lease<String>>(Lease<String> lease)) {
            begun("taken");
            runs(lease::done);
            done("taken");
        }
        if (does(queue::tryTake) instanceof Received.Value<Lease<String>>(Lease<String> lease)) {
            runs(lease::close); // gives it back
        }
        does(queue::tryTake); // and has it at the end
    }

    private void liveWithWords() {
        does(() -> space.lock("lock").tryAcquire()).ifPresent(held -> {
            begun("locked");
            done("locked");
            runs(held::repaired);
            runs(held::close);
        });
        does(() -> space.semaphore("permits", PERMITS).tryAcquire()).ifPresent(hold -> runs(hold::close));
        var value = does(() -> space.value("value", String.class, whole(0)));
        long number = does(() -> space.counter("locked.done").get());
        runs(() -> value.set(whole(number)));
        runs(() -> space.event("ready").set());
        runs(() -> space.condition("changed").signal());
        runs(() -> space.event("ready").clear());
        does(() -> space.semaphore("permits", PERMITS).tryAcquire());
    }

    private void liveWithPipe() {
        try (Pipe<String> one = does(() -> pipe(space));
                Pipe<String> two = does(() -> pipe(space))) {
            runs(() -> one.send(whole(1)));
            runs(() -> two.send(whole(2)));
            if (!isWhole(does(one::receive)) || !isWhole(does(two::receive))) {
                throw new IllegalStateException("torn");
            }
            runs(two::close);
            runs(one::close);
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

package dev.sluice.net;

import dev.sluice.net.NetException.Ends;
import dev.sluice.sync.Event;
import dev.sluice.task.Deadline;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Connects to the address of a host that answers first: "Happy Eyeballs Version 2", RFC 8305, sections 4 and
/// 5.
///
/// The addresses of both families take turns, IPv6 first. An attempt that has not ended after 250 ms is joined
/// by the next, one that has failed is followed by it at once. The first connection wins, and the other
/// attempts are cancelled.
///
/// Threads: `run` one coroutine; each attempt is a task of its own.
final class Race {
    /// The "Connection Attempt Delay" that the RFC recommends.
    private static final Duration DELAY = Duration.ofMillis(250);

    private final Attempt attempt;
    private final Event ended = new Event("an attempt to connect");
    private final AtomicReference<@Nullable Connection> winner = new AtomicReference<>(); // one wins; pairs with itself
    private final AtomicInteger running = new AtomicInteger(); // counts; pairs with itself
    private final Queue<NetException> failures = new ConcurrentLinkedQueue<>();

    /// One attempt.
    @FunctionalInterface
    interface Attempt {
        Connection connect(InetAddress ip) throws NetException;
    }

    private Race(Attempt attempt) {
        this.attempt = attempt;
    }

    /// Connects.
    ///
    /// @param ends for the message
    /// @throws NetException the first failure if all have failed, with the others suppressed
    static Connection run(List<InetAddress> places, Ends ends, Attempt attempt) throws NetException {
        if (places.size() == 1) {
            return attempt.connect(places.getFirst());
        }
        var race = new Race(attempt);
        boolean over = false;
        try {
            race.run(inTurns(places));
            over = true;
        } finally {
            Connection won = race.winner.get();
            if (!over && won != null) {
                won.abort(); // the caller has been cancelled
            }
        }
        Connection won = race.winner.get();
        if (won == null) {
            throw race.failure(ends);
        }
        return won;
    }

    private void run(List<InetAddress> places) {
        try (var group = TaskGroup.open()) {
            List<Task<Void>> tasks = new ArrayList<>();
            for (InetAddress ip : places) {
                ended.clear();
                running.incrementAndGet();
                tasks.add(group.start("connect to " + ip.getHostAddress(), () -> run(ip)));
                Deadline.after(DELAY).tryRun(ended::await);
                if (winner.get() != null) {
                    break;
                }
            }
            awaitEnd();
            tasks.forEach(task -> task.cancel("another address has answered"));
            group.join();
        }
    }

    private void awaitEnd() {
        while (winner.get() == null && running.get() > 0) {
            ended.clear();
            if (winner.get() == null && running.get() > 0) {
                ended.await();
            }
        }
    }

    private void run(InetAddress ip) {
        try {
            Connection connection = attempt.connect(ip);
            if (!winner.compareAndSet(null, connection)) { // the first one wins; pairs with itself
                connection.abort();
            }
        } catch (NetException failure) {
            failures.add(failure);
        } finally {
            running.decrementAndGet();
            ended.set();
        }
    }

    private NetException failure(Ends ends) {
        NetException first = failures.poll();
        if (first == null) {
            return NetException.of("lookup", ends, "no addresses");
        }
        failures.forEach(first::addSuppressed);
        return first;
    }

    /// The addresses of both families in turns, each family in its order.
    static List<InetAddress> inTurns(List<InetAddress> places) {
        List<InetAddress> six =
                places.stream().filter(ip -> ip instanceof Inet6Address).toList();
        List<InetAddress> four =
                places.stream().filter(ip -> !(ip instanceof Inet6Address)).toList();
        List<InetAddress> all = new ArrayList<>(places.size());
        for (int i = 0; all.size() < places.size(); i++) {
            if (i < six.size()) {
                all.add(six.get(i));
            }
            if (i < four.size()) {
                all.add(four.get(i));
            }
        }
        return all;
    }
}

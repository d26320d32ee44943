package dev.sluice.loop;

import dev.sluice.internal.loop.LoopSeams;
import dev.sluice.internal.poll.Poller;
import dev.sluice.internal.poll.PollerChoice;
import dev.sluice.internal.poll.PollerConfig;
import dev.sluice.internal.poll.Pollers;
import dev.sluice.internal.poll.Refusal;
import dev.sluice.internal.sched.JdkPoller;
import dev.sluice.internal.sched.VirtualThreads;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// What has to happen before the first loop, and the search for a back end.
///
/// Threads: any.
final class Startup {
    private static final AtomicBoolean WARNED = new AtomicBoolean();

    private Startup() {}

    /// The seams of each loop, and what is missing.
    record Polling(List<LoopSeams> seams, Capabilities capabilities) {}

    /// Primes the JDK, initialises our classes and warns, once, if coroutines cannot be confined.
    static void prepare() {
        JdkPoller.prime();
        Preload.classes();
        // One winner; pairs with itself.
        if (!VirtualThreads.available() && WARNED.compareAndSet(false, true)) {
            System.getLogger("dev.sluice")
                    .log(
                            System.Logger.Level.WARNING,
                            "coroutines run on the JDK''s scheduler: {0}. Coroutines of one loop may run at the same time, and"
                                    + " switching is slower. Start the JVM with {1}",
                            VirtualThreads.missing(),
                            VirtualThreads.OPEN_FLAG);
        }
    }

    static Polling pollers(LoopsConfig config) {
        PollerChoice choice = switch (config.backend()) {
            case AUTO -> PollerChoice.AUTO;
            case IO_URING -> PollerChoice.IO_URING;
            case EPOLL -> PollerChoice.EPOLL;
            case NIO -> PollerChoice.NIO;
        };
        List<Pollers.Opened> pollers = new ArrayList<>();
        try {
            for (int i = 0; i < config.count(); i++) {
                pollers.add(Pollers.open(choice, PollerConfig.defaults()));
            }
        } catch (Throwable failure) {
            pollers.forEach(made -> made.poller().close());
            throw failure;
        }
        Pollers.Opened least = least(pollers);
        List<LoopSeams> seams = pollers.stream()
                .map(made -> LoopSeams.production(made.poller()))
                .toList();
        return new Polling(seams, capabilities(least.poller(), least.refusals()));
    }

    /// The one that had to be content with least: the system may have given some loops less than others.
    static Pollers.Opened least(List<Pollers.Opened> pollers) {
        return Collections.max(
                pollers, Comparator.comparingInt(made -> made.refusals().size()));
    }

    static Capabilities probe() {
        Pollers.Opened opened = Pollers.open(PollerChoice.AUTO, PollerConfig.defaults());
        try (Poller poller = opened.poller()) {
            return capabilities(poller, opened.refusals());
        }
    }

    static Capabilities simulated() {
        return new Capabilities(VirtualThreads.available(), Backend.AUTO, List.of());
    }

    private static Capabilities capabilities(Poller poller, List<Refusal> refusals) {
        List<Capabilities.Missing> missing = new ArrayList<>();
        String unconfined = VirtualThreads.missing();
        if (unconfined != null) {
            missing.add(new Capabilities.Missing(
                    "loops as schedulers of their coroutines, and scoped values that follow a task",
                    unconfined,
                    "start the JVM with " + VirtualThreads.OPEN_FLAG));
        }
        for (Refusal refusal : refusals) {
            missing.add(new Capabilities.Missing(refusal.name(), refusal.reason(), cureOf(refusal, poller)));
        }
        if (!poller.performsOperations()) {
            missing.add(new Capabilities.Missing(
                    "streams and child processes without threads, arguments of any bytes, signals of process groups",
                    "poller " + poller.name() + " performs no operations, so they are the JDK's",
                    "let Backend.AUTO choose, on Linux"));
        }
        return new Capabilities(unconfined == null, backendOf(poller), missing);
    }

    private static String cureOf(Refusal refusal, Poller taken) {
        return refusal.reason().startsWith("native access")
                ? "start the JVM with --enable-native-access=" + VirtualThreads.AUDIENCE
                : "allow it, or accept " + taken.name();
    }

    private static Backend backendOf(Poller poller) {
        return switch (poller.name()) {
            case "io_uring" -> Backend.IO_URING;
            case "epoll" -> Backend.EPOLL;
            default -> Backend.NIO;
        };
    }
}

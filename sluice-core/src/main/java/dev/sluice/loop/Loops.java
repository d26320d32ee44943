package dev.sluice.loop;

import dev.sluice.cancel.CancelReason;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.loop.LoopSeams;
import dev.sluice.internal.loop.StallWatch;
import dev.sluice.internal.strand.Offloader;
import dev.sluice.internal.strand.RootStrand;
import dev.sluice.internal.strand.Secrets;
import dev.sluice.internal.strand.Strand;
import dev.sluice.internal.strand.WaitSurvey;
import dev.sluice.observe.LoopStatistics;
import dev.sluice.observe.Report;
import dev.sluice.observe.WaitGraph;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A fixed group of loops.
///
/// Most programs need no more than [dev.sluice.Sluice#run], which opens one and closes it. Open a group
/// yourself to have several loops, to choose the back end, or to run things from threads of your own.
///
/// Threads: any, but `close` must not be called by a coroutine of the group.
public final class Loops implements AutoCloseable {
    private static final Duration DEFAULT_GRACE = Duration.ofSeconds(5);

    /// Changed by whoever opens or closes a group, and read by whoever looks; pairs with itself.
    private static final AtomicReference<List<Loops>> OPENED = new AtomicReference<>(List.of());

    static {
        Secrets.give(new Answers());
    }

    private final LoopsConfig config;
    private final List<Loop> loops;
    private final RootStrand root = new RootStrand();
    private final Offloader offloader;
    private final @Nullable StallWatch watch;
    private final DeadlockWatch deadlocks;
    private final Capabilities capabilities;

    private Loops(LoopsConfig config, List<LoopSeams> seams, Capabilities capabilities) {
        this.config = config;
        this.capabilities = capabilities;
        List<Loop> made = new ArrayList<>();
        List<EventLoop> engines = new ArrayList<>();
        for (int i = 0; i < seams.size(); i++) {
            var engine = new EventLoop(i, config.name() + "-" + i, seams.get(i));
            engines.add(engine);
            made.add(new Loop(engine, this));
        }
        this.loops = List.copyOf(made);
        this.offloader = new Offloader(config.offloadThreads());
        this.deadlocks = new DeadlockWatch(config.name(), root);
        boolean simulated = engines.getFirst().simulated(); // finds its deadlocks itself
        Runnable atRest = simulated ? () -> {} : deadlocks::look;
        this.watch = config.stallLimit().isZero()
                ? null
                : new StallWatch(engines, EventLoop.nanos(config.stallLimit()), atRest);
        try {
            engines.forEach(EventLoop::start);
            if (watch != null) {
                watch.start();
            }
        } catch (Throwable noThread) {
            engines.forEach(EventLoop::discard);
            throw noThread;
        }
    }

    /// Opens a group.
    ///
    /// @throws IllegalStateException if the back end asked for does not work here; the message says why
    public static Loops open(LoopsConfig config) {
        Startup.prepare();
        Startup.Polling polling = Startup.pollers(config);
        var group = new Loops(config, polling.seams(), polling.capabilities());
        OPENED.updateAndGet(
                open -> Stream.concat(open.stream(), Stream.of(group)).toList());
        return group;
    }

    /// Opens a group of one loop with the defaults.
    public static Loops open() {
        return open(LoopsConfig.defaults());
    }

    /// What this machine allows. Opens and closes a poller to find out.
    public static Capabilities probe() {
        Startup.prepare();
        return Startup.probe();
    }

    /// How many loops there are.
    public int size() {
        return loops.size();
    }

    /// A loop by its place, from 0.
    public Loop loop(int index) {
        return loops.get(index);
    }

    /// All loops, in their order.
    public List<Loop> all() {
        return loops;
    }

    /// What these loops run on.
    public Capabilities capabilities() {
        return capabilities;
    }

    /// One reading of each loop.
    public List<LoopStatistics> statistics() {
        return loops.stream().map(Loop::statistics).toList();
    }

    /// Who waits for what on these loops, and the deadlocks among them; see [WaitGraph].
    ///
    /// Everybody goes on while this looks; it takes about as long as it takes to touch each task once. Any
    /// thread; a coroutine that asks is itself running, so the answer is not quiet then.
    public WaitGraph waitGraph() {
        return waitGraph(List.of(this));
    }

    /// As [#waitGraph()], for several groups as one.
    public static WaitGraph waitGraph(Collection<Loops> groups) {
        List<RootStrand> roots = groups.stream().map(group -> group.root).toList();
        return WaitSurvey.take(
                roots,
                groups.stream()
                        .flatMap(group -> group.loops.stream())
                        .map(Loop::engine)
                        .toList());
    }

    /// The groups of this JVM that are open, in the order in which they were opened; simulations not included.
    public static List<Loops> opened() {
        return OPENED.get();
    }

    private static void closed(Loops group) {
        OPENED.updateAndGet(open -> open.stream().filter(each -> each != group).toList());
    }

    void launch(Loop loop, Runnable action) {
        root.launch(loop.engine(), "execute", action);
    }

    /// Closes within 5 seconds, see [#close(Duration)]; what is left behind is reported, and so are deadlocks.
    @Override
    public void close() {
        ShutdownReport report = close(DEFAULT_GRACE);
        deadlocks.report(report.circles());
        if (!report.clean()) {
            dev.sluice.observe.Reports.publish(
                    new Report.IgnoredCancel("loops " + config.name(), "close", report.holdouts()));
        }
    }

    /// Ends the group: takes nothing new, lets what runs end by itself, then cancels it, then names what does
    /// not end. An interrupt of the caller ends the first wait: it cancels at once.
    ///
    /// @param grace how long to wait for the end by itself, and once more after cancelling
    /// @throws IllegalStateException if called by a coroutine of this group
    public ShutdownReport close(Duration grace) {
        for (Loop loop : loops) {
            if (loop.engine().onLoop() || Strand.current().loop() == loop.engine()) {
                throw new IllegalStateException(
                        "close " + this + ": called by a coroutine of it, expected another thread");
            }
        }
        root.close();
        boolean drained = root.awaitEmpty(grace);
        List<WaitGraph.Circle> circles = drained ? List.of() : WaitSurvey.circles(root);
        if (!drained) {
            root.cancel(new CancelReason.Shutdown("close"));
            boolean interrupted = Thread.interrupted(); // ends the first wait, not the second as well
            root.awaitEmpty(grace);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        List<Report.Holdout> holdouts = new ArrayList<>();
        for (Strand task : root.tasks()) {
            holdouts.add(new Report.Holdout(task.path(), task.doing(), task.thread()));
        }
        offloader.close();
        if (watch != null) {
            watch.close();
        }
        for (Loop loop : loops) {
            loop.engine().close();
        }
        if (holdouts.isEmpty()) {
            loops.forEach(loop -> loop.engine().awaitEnd());
        }
        closed(this);
        return new ShutdownReport(drained, holdouts, circles);
    }

    @Override
    public String toString() {
        return "loops " + config.name();
    }

    private static final class Answers implements Secrets.OfLoops {
        @Override
        public EventLoop engine(Object loop) {
            return ((Loop) loop).engine();
        }

        @Override
        public RootStrand root(Object loops) {
            return ((Loops) loops).root;
        }

        @Override
        public Offloader offloader(Object loops) {
            return ((Loops) loops).offloader;
        }

        @Override
        public Loops open(Object config, LoopSeams seams) {
            Startup.prepare();
            return new Loops((LoopsConfig) config, List.of(seams), Startup.simulated());
        }
    }
}

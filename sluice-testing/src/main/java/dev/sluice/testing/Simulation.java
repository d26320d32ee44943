package dev.sluice.testing;

import dev.sluice.internal.loop.Simulator;
import dev.sluice.internal.sched.VirtualThreads;
import dev.sluice.internal.strand.Strand;
import dev.sluice.observe.Report;
import dev.sluice.task.Action;
import dev.sluice.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;

/// One run of a program in virtual time, with its order and its randomness drawn from a seed.
///
/// ```java
/// Simulation.seed(42).run(() -> {
///     try (var group = TaskGroup.open()) {
///         group.start("poll", () -> pollEvery(ofHours(1)));
///         Simulation.awaitAllBlocked();        // everybody has done what could be done before time passes
///         Sluice.sleep(ofDays(1));             // takes no time
///         group.cancel("seen enough");
///     }
/// });
/// ```
///
/// The body and everything that it starts run on one loop. Where several coroutines are ready the seed says
/// which is next; when none is, the clock jumps to the next timer. A body that leaves something behind, or
/// waits for ever, ends with a [SimulationException]; whatever is thrown out of a simulation has a suppressed
/// exception that tells the seed.
///
/// Threads: `run` by a thread that is not on a loop. The rest by the body, or when it has ended.
public final class Simulation {
    private static final int LAST_STEPS = 20;

    /// What a simulation does.
    @FunctionalInterface
    public interface Body {
        /// @param simulation the one that it runs in
        void run(Simulation simulation) throws Exception;
    }

    /// How far a simulation may go before it counts as endless.
    ///
    /// @param steps how often coroutines are resumed, in all
    /// @param time how much virtual time passes
    /// @param holding how long, in real time, one step may take
    public record Limits(long steps, Duration time, Duration holding) {
        private static final Limits DEFAULTS = new Limits(1_000_000, Duration.ofDays(36_500), Duration.ofSeconds(60));

        public Limits {
            require(steps >= 1, "steps", steps);
            require(time.isPositive() && time.compareTo(Duration.ofDays(100_000)) <= 0, "time", time);
            require(holding.isPositive() && holding.compareTo(Duration.ofDays(100_000)) <= 0, "holding", holding);
        }

        private static void require(boolean holds, String what, Object value) {
            if (!holds) {
                throw new IllegalArgumentException("limits of simulation: " + what + "=" + value
                        + ", expected more than nothing, and at most 100000 days");
            }
        }

        /// A million steps, 100 years of virtual time, a real minute for a step.
        public static Limits defaults() {
            return DEFAULTS;
        }

        public Limits withSteps(long steps) {
            return new Limits(steps, time, holding);
        }

        public Limits withTime(Duration time) {
            return new Limits(steps, time, holding);
        }

        public Limits withHolding(Duration holding) {
            return new Limits(steps, time, holding);
        }
    }

    private final long seed;
    private final Limits limits;
    private final String again;
    private final World world;
    private final AtomicBoolean ran = new AtomicBoolean();

    private Simulation(long seed, Limits limits, String again) {
        this.seed = seed;
        this.limits = limits;
        this.again = again;
        this.world = new World(this, limits);
    }

    /// A simulation to run.
    public static Simulation seed(long seed) {
        return new Simulation(seed, Limits.defaults(), "Simulation.seed(" + seed + ")");
    }

    /// Runs a body with each of the seeds 0 to `count - 1`; another number, or one seed, can be asked for on
    /// the command line, see [Simulated].
    public static void seeds(int count, Body body) throws Exception {
        for (long seed : Seeds.of(count).toArray()) {
            Simulation simulation =
                    seed(seed).repeatedBy("Simulation.seed(" + seed + "), or -D" + Seeds.ONE + "=" + seed);
            simulation.run(() -> body.run(simulation));
        }
    }

    /// The same with other limits.
    public Simulation limits(Limits limits) {
        return new Simulation(seed, limits, again);
    }

    /// The same with other words for how to have it again.
    Simulation repeatedBy(String again) {
        return new Simulation(seed, limits, again);
    }

    /// Runs a body, and waits for its end.
    ///
    /// @throws X what the body threw
    /// @throws SimulationException if it did not come to an end, or left something behind
    /// @throws IllegalStateException if this simulation has been run, if the caller is on a loop, or if the JVM
    ///     was not started with the flag that simulations need
    public <X extends Exception> void run(Action<X> body) throws X {
        require(Simulator.POSSIBLE, "the class loader of the core does not see sluice-testing");
        require(VirtualThreads.available(), "start the JVM with " + VirtualThreads.OPEN_FLAG);
        require(Strand.current().loop() == null, "called on a loop, expected a thread of its own");
        JdkClock.installIfAsked();
        require(ran.compareAndSet(false, true), "it has been run, expected a new simulation for each run");
        Throwable failure = new Life(world, limits).run(body);
        if (failure != null) {
            if (failure instanceof SimulationException verdict) {
                verdict.fillInStackTrace(); // where the simulation was run says more than where in the loop it was
                // found
            }
            failure.addSuppressed(new Replay(describe()));
            throw Simulation.<X>asThrownBy(failure);
        }
    }

    private void require(boolean holds, String expected) {
        if (!holds) {
            throw new IllegalStateException("run simulation of seed " + seed + ": " + expected);
        }
    }

    private String describe() {
        var text = new StringBuilder("seed " + seed + ", at " + Trace.seconds(world.clock.nanoTime()) + " s, after "
                + world.steps() + " steps. Run it again: " + again);
        if (world.fromOutside() > 0) {
            text.append("\nOther threads resumed somebody ")
                    .append(world.fromOutside())
                    .append(" times, so it may go another way.");
        }
        return text.append("\nThe last steps:\n")
                .append(world.trace.last(LAST_STEPS))
                .toString();
    }

    /// The body may throw `X` and what is unchecked, so this is what the failure is.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <X extends Exception> X asThrownBy(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return (X) failure;
    }

    /// The simulation that the caller runs in.
    ///
    /// @throws IllegalStateException if there is none
    public static Simulation current() {
        return currentWorld("current simulation").simulation;
    }

    /// Suspends the caller until everybody else is blocked; time does not pass. Of several callers one is
    /// resumed at a time.
    ///
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled
    /// @throws IllegalStateException if the caller is not in a simulation
    public static void awaitAllBlocked() {
        currentWorld("await all blocked").awaitAllBlocked();
    }

    private static World currentWorld(String operation) {
        World world = World.current();
        if (world == null) {
            throw new IllegalStateException(
                    operation + ": " + Thread.currentThread() + " is not in a simulation, expected the body of one");
        }
        return world;
    }

    /// What it was made with.
    public long seed() {
        return seed;
    }

    /// Its clock: it starts at the beginning of the year 2000 (UTC).
    public Clock clock() {
        return world.clock;
    }

    /// How much time has passed in it.
    public Duration elapsed() {
        return Duration.ofNanos(world.clock.nanoTime());
    }

    /// Random values for the body, from the seed; drawing them changes nothing else.
    public RandomGenerator random() {
        return world.values;
    }

    /// How often a coroutine was resumed.
    public long steps() {
        return world.steps();
    }

    /// What happened so far, a line each step: when, who, what it had waited for, and who resumed it. The same
    /// seed gives the same text, byte for byte.
    public String trace() {
        return world.trace.toString();
    }

    /// The reports that were made in it since the last call, see [dev.sluice.observe.Reports]. A failure that
    /// nobody waited for fails the simulation if it is not taken.
    public List<Report> takeReports() {
        return world.takeReports();
    }

    /// The seams' state, for injections.
    World world() {
        return world;
    }

    @Override
    public String toString() {
        return "simulation of seed " + seed;
    }
}

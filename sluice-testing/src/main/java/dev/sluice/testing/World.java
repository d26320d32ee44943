package dev.sluice.testing;

import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.loop.LoopSeams;
import dev.sluice.internal.loop.Simulator;
import dev.sluice.internal.strand.Strand;
import dev.sluice.internal.strand.UserFrame;
import dev.sluice.internal.strand.WaitSurvey;
import dev.sluice.observe.Report;
import dev.sluice.observe.WaitGraph.Circle;
import dev.sluice.observe.WaitGraph.Wait;
import dev.sluice.testing.Simulation.Limits;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// What the clock, the poller and the ready queue of one simulation share: who lives in it, and what happens
/// next.
///
///     BEFORE ──▶ RUNNING ──body ends──▶ ENDING ──▶ OVER     before and after, the loop idles in real time
///                   └──────────abandon────┴──────▶ OVER     whoever is left is dropped
///
/// Invariants: time moves only while nobody is ready, and then exactly to the next timer. What is drawn from
/// the seed, or written to the trace, depends on nothing but the seed and the program, unless other threads
/// interfere.
///
/// A run that goes wrong gets a verdict. The first one cancels everything, so that the program cleans up; with
/// a second the world is abandoned.
///
/// Threads: the loop thread, coroutines mounted on it included; others as a method says, and when it is over.
final class World implements Simulator {
    /// What may follow after the first verdict.
    private static final long STEPS_TO_CLEAN_UP = 10_000;

    private static final long NANOS_TO_CLEAN_UP = Duration.ofDays(1).toNanos();

    /// How long, in real time, the JDK may take to pass on a monitor: before time moves, and before we give up.
    private static final long MONITOR_NANOS = 2_000_000;

    private static final long LAST_MONITOR_NANOS = 1_000_000_000;

    private enum Phase {
        BEFORE,
        RUNNING,
        ENDING,
        OVER
    }

    /// A strand that waits until everybody else is blocked.
    private record Settling(Strand strand, long token) {}

    final Simulation simulation;
    final VirtualClock clock = new VirtualClock();
    final Trace trace = new Trace();
    final RandomGenerator values;
    private final RandomGenerator order;
    private final RandomGenerator jitter;
    private final Limits limits;
    private final JumpingPoller poller = new JumpingPoller(this);
    private final Runnable step = this::step;

    private final Map<Runnable, Member> members = new LinkedHashMap<>(); // that have not ended, by their continuation
    private final Set<Member> inJdk = new LinkedHashSet<>(); // those of them that wait in the JDK
    private final Deque<Settling> settling = new ArrayDeque<>();
    private final List<Report> reports = new ArrayList<>();

    private Phase phase = Phase.BEFORE;
    private @Nullable Member next; // taken from the queue, to be run
    private volatile @Nullable Member running; // pairs with the read in holder
    private boolean timedPark; // whether the running member has armed one
    private int threads;
    private long steps;
    private long lastStep;
    private long endOfTime;
    private int fromOutside;
    private volatile @Nullable SimulationException verdict; // the first counts; pairs with the read in verdict
    private volatile boolean abandoned; // set once, by the loop thread or by abandon's caller; pairs with all reads

    private @Nullable Injection injection;
    private Consumer<SimulationException> onVerdict = why -> {};
    private Runnable onAbandon = () -> {};

    World(Simulation simulation, Limits limits) {
        this.simulation = simulation;
        this.limits = limits;
        this.order = stream(simulation.seed(), 1);
        this.jitter = stream(simulation.seed(), 2);
        this.values = stream(simulation.seed(), 3);
        this.lastStep = limits.steps();
        this.endOfTime = limits.time().toNanos();
    }

    /// Streams of one seed have nothing in common, so that one more value drawn does not change the order.
    private static RandomGenerator stream(long seed, int which) {
        return new SplittableRandom(new SplittableRandom(seed).nextLong() + which * 0x2545F4914F6CDD1DL);
    }

    /// The world that the current thread lives in, or null. Any thread.
    static @Nullable World current() {
        EventLoop loop = EventLoop.current();
        return loop != null && loop.simulator() instanceof World world ? world : null;
    }

    /// The seams for the one loop of this world.
    LoopSeams seams() {
        return new LoopSeams(clock, poller, new SeededQueue(this, order), 0, jitter, this);
    }

    // ---- from its beginning to its end

    /// The body is about to run.
    ///
    /// @param onVerdict cancels everything
    void begin(Consumer<SimulationException> onVerdict) {
        this.onVerdict = onVerdict;
        phase = Phase.RUNNING;
    }

    /// The body has ended, others may not have.
    void bodyEnded() {
        phase = Phase.ENDING;
        injection = null;
    }

    void end() {
        phase = Phase.OVER;
    }

    boolean abandoned() {
        return abandoned;
    }

    /// Sets what to do when the world is abandoned. Before the start.
    void onAbandon(Runnable action) {
        onAbandon = action;
    }

    @Nullable SimulationException verdict() {
        return verdict;
    }

    /// Says what went wrong, and lets the program clean up, or ends it if it has been told before.
    void judge(SimulationException why) {
        if (verdict != null) {
            abandon(why);
            return;
        }
        verdict = why;
        onVerdict.accept(why);
    }

    /// As [#judge], for what shows after the end of the body, when the program has had its chance.
    void judgeLeftover(LeftoverException left) {
        if (verdict == null) {
            verdict = left;
        }
    }

    /// Gives up: whoever is left will not run again. Any thread.
    void abandon(SimulationException why) {
        if (verdict == null) {
            verdict = why;
        }
        abandoned = true;
        onAbandon.run();
    }

    void inject(@Nullable Injection now) {
        injection = now;
    }

    // ---- the order of steps

    /// A continuation has become ready.
    ///
    /// @return false to drop it
    boolean readied(Runnable continuation, boolean outside) {
        if (abandoned) {
            return false;
        }
        Member member = members.get(continuation);
        if (member == null) {
            threads++;
            member = new Member(continuation, threads);
            members.put(continuation, member);
        } else if (outside) {
            fromOutside++;
        }
        inJdk.remove(member);
        member.becomesReady(outside ? outsider() : insider(member));
        return true;
    }

    private String outsider() {
        return phase == Phase.BEFORE ? "" : "another thread";
    }

    /// Who has resumed `member`: nothing to say if it was the loop, or the member itself.
    private String insider(Member member) {
        Member resumer = running;
        return resumer == null || resumer == member ? "" : resumer.path();
    }

    /// The step to run for a continuation that was taken.
    Runnable stepOf(Runnable continuation) {
        next = members.get(continuation);
        return step;
    }

    private void step() {
        Member member = next;
        if (member == null || !mayStep(member)) {
            return;
        }
        Injection interfering = injection;
        if (interfering != null) {
            interfering.stepping(member);
        }
        member.stepBegins();
        running = member; // volatile; pairs with the read in holder
        member.continuation.run();
        running = null; // as above
        member.stepEnds();
        stepped(member);
        timedPark = false;
    }

    private boolean mayStep(Member member) {
        if (phase == Phase.BEFORE || phase == Phase.RUNNING) {
            trace.step(clock.nanoTime(), member.path(), member.cause(), member.by());
        }
        if (!abandoned && ++steps > lastStep) {
            lastStep = steps + STEPS_TO_CLEAN_UP;
            judge(new LimitExceededException(
                    "step " + steps + ": somebody goes round in circles, or the limit is too low", waits(null)));
        }
        return !abandoned;
    }

    private void stepped(Member member) {
        if (member.ended()) {
            members.remove(member.continuation);
        } else if (member.waitsInJdk()) {
            inJdk.add(member);
            if (timedPark && !JdkClock.installed()) {
                requireVirtualTime(member);
            }
        }
        Injection interfering = injection;
        if (interfering != null) {
            interfering.stepped(member);
        }
    }

    private void requireVirtualTime(Member member) {
        StackTraceElement[] stack = member.parkedStack();
        StackTraceElement method = Frames.measuringTime(stack);
        if (method != null) {
            judge(new RealTimeException(member.path(), method, UserFrame.of(stack)));
        }
    }

    // ---- the course of time

    /// Nothing is ready: lets time pass, or finds that nobody will ever go on. Returns when something may be
    /// ready.
    void idle(long timeoutNanos) {
        if (phase == Phase.BEFORE || phase == Phase.OVER || abandoned) {
            poller.awaitWakeup(Long.MAX_VALUE);
            return;
        }
        boolean last = timeoutNanos == Long.MAX_VALUE && settling.isEmpty();
        boolean passedOn = monitorsPending() && poller.awaitWakeup(last ? LAST_MONITOR_NANOS : MONITOR_NANOS);
        if (passedOn || resumeSettling()) {
            return;
        }
        if (timeoutNanos == Long.MAX_VALUE) {
            judge(new DeadlockException(Trace.seconds(clock.nanoTime()), waits(null), circles(), hint()));
        } else if (timeoutNanos > endOfTime - clock.nanoTime()) {
            endOfTime = EventLoop.saturatedAdd(endOfTime, NANOS_TO_CLEAN_UP);
            judge(new LimitExceededException(
                    "everybody waits, and no timer ends within " + limits.time().toDays() + " days", waits(null)));
        } else {
            clock.advance(timeoutNanos);
        }
    }

    /// One at a time, so that for each of them the others are blocked.
    private boolean resumeSettling() {
        for (Settling first = settling.poll(); first != null; first = settling.poll()) {
            if (first.strand.tryResume(first.token)) {
                return true;
            }
        }
        return false;
    }

    private boolean monitorsPending() {
        for (Member member : inJdk) {
            if (member.dependsOnMonitor()) {
                return true;
            }
        }
        return false;
    }

    private String hint() {
        String outside = "A thread outside (an executor, a callback, I/O) is not waited for: run its work in a task, or"
                + " complete what is awaited before.";
        return fromOutside == 0 ? outside : "Other threads have resumed somebody " + fromOutside + " times. " + outside;
    }

    /// Suspends the caller until everybody else is blocked.
    void awaitAllBlocked() {
        Strand strand = Strand.current();
        long token = strand.begin("everybody else to be blocked");
        var entry = new Settling(strand, token);
        settling.add(entry);
        if (!strand.await(token)) {
            settling.remove(entry);
            throw strand.cancelledException();
        }
    }

    /// As [#awaitAllBlocked], cancelled or not.
    void settle() {
        Strand strand = Strand.current();
        long token = strand.beginUncancellable("the end of the simulation");
        settling.add(new Settling(strand, token));
        strand.awaitUncancellable(token);
    }

    // ---- what the loop tells

    @Override
    public void suspending() {
        Injection interfering = injection;
        if (interfering != null) {
            interfering.suspending(Strand.current());
        }
    }

    @Override
    public void timedPark() {
        timedPark = true;
    }

    @Override
    public int timersAtOnce() {
        return 1 + order.nextInt(3);
    }

    @Override
    public void report(Report report) {
        reports.add(report);
    }

    // ---- looking

    /// What was reported and not taken before.
    List<Report> takeReports() {
        List<Report> taken = List.copyOf(reports);
        reports.clear();
        return taken;
    }

    /// Failures that were reported because nobody waited for them, and not taken.
    List<Throwable> unseenFailures() {
        List<Throwable> unseen = new ArrayList<>();
        for (Report report : reports) {
            if (report instanceof Report.UnobservedFailure unobserved) {
                unseen.add(unobserved.failure());
            }
        }
        return unseen;
    }

    long steps() {
        return steps;
    }

    /// How often somebody was resumed by a thread that is not part of the simulation.
    int fromOutside() {
        return fromOutside;
    }

    /// Who holds the loop at this moment. Any thread.
    @Nullable Member holder() {
        return running; // volatile; pairs with the writes in step
    }

    /// Everybody who has not ended.
    ///
    /// @param except is left out
    List<Member> members(@Nullable Strand except) {
        List<Member> living = new ArrayList<>();
        for (Member member : members.values()) {
            if (!member.ended() && (except == null || member.strand() != except)) {
                living.add(member);
            }
        }
        return living;
    }

    /// Who waits for each other.
    private List<Circle> circles() {
        for (Member member : members.values()) {
            if (member.strand() != null) {
                return WaitSurvey.circlesAtRest(member.strand().root());
            }
        }
        return List.of();
    }

    /// Who waits for what.
    List<Wait> waits(@Nullable Strand except) {
        return members(except).stream().map(Member::waits).toList();
    }
}

package dev.sluice.internal.loop;

import dev.sluice.internal.poll.Operation;
import dev.sluice.internal.poll.Poller;
import dev.sluice.internal.sched.LoopScheduler;
import dev.sluice.internal.sched.LoopThread;
import dev.sluice.internal.sched.VirtualThreads;
import dev.sluice.internal.timer.Timer;
import dev.sluice.internal.timer.TimerWheel;
import dev.sluice.observe.LoopStatistics;
import dev.sluice.observe.Report;
import dev.sluice.observe.Reports;
import dev.sluice.time.Clock;
import java.time.Duration;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// One OS thread that runs coroutines, fires timers and polls I/O; see ARCHITECTURE.md for the tick.
///
/// Invariants:
/// - Only the loop thread touches the ready queue, the wheel and the poller. A coroutine mounted on it is on
///   it.
/// - The loop thread holds no monitor and takes no lock while it runs a continuation, and runs no user code of
///   its own: a coroutine that parks would take the monitor with it, and a lock that it holds would never be
///   released.
/// - `ready` never throws and never drops: a loop that has ended forwards to the JDK's scheduler.
/// - The loop sleeps only in [Poller#poll], and only with [Inbox] announcing it.
///
/// Threads: as each method says.
public final class EventLoop implements LoopScheduler.Host {
    /// How long coroutines run before timers and I/O get their turn.
    static final long SLICE_NANOS = 50_000;

    /// Between two looks at the clock; a resume costs about a tenth of a microsecond.
    public static final int RESUMES_PER_CLOCK = 16;

    private static final int TIMERS_PER_TICK = 256;

    private final int index;
    private final Clock clock;
    private final Poller poller;
    private final RandomGenerator random;
    private final @Nullable Simulator simulator;
    private final LoopThread thread;
    private final LoopScheduler scheduler = new LoopScheduler(this);
    private final Inbox inbox = new Inbox();
    private final IdleSpin spin;
    private final boolean confined = VirtualThreads.available();
    private final Thread.Builder.OfVirtual builder;

    /// What a higher rung keeps with the loop: its public face. Written once before the start.
    public @Nullable Object face;

    /// What a rung in between keeps with the loop: its way to system calls. Whoever asks first makes it; the
    /// compare-and-set pairs with the get of others.
    private final AtomicReference<@Nullable Companion> companion = new AtomicReference<>();

    // Loop thread only; statistics() reads the counters as they happen to be.
    private final ReadyQueue ready;
    private final TimerWheel wheel;
    final Progress progress = new Progress();
    private boolean closing;
    private long sliceStart; // when coroutines got their turn
    private int unwaited; // operations in flight that nobody waits for; read by rest() while the loop sleeps
    private final Runnable tick = this::tick;

    public final Leftovers leftovers = new Leftovers(this);

    /// Something that lives as long as the loop.
    public interface Companion {
        /// The poller is closed, nothing is in flight. Called on the loop thread, once.
        void loopEnded();
    }

    public EventLoop(int index, String name, LoopSeams seams) {
        this.index = index;
        this.clock = seams.clock();
        this.poller = seams.poller();
        this.ready = seams.ready();
        this.random = seams.random();
        this.simulator = seams.simulator();
        this.spin = new IdleSpin(clock, simulator == null && IdleSpin.PARALLEL);
        this.wheel = new TimerWheel(seams.timerShift(), clock.nanoTime());
        this.thread = new LoopThread(this, name, this::run);
        this.builder = confined ? VirtualThreads.builder(scheduler) : Thread.ofVirtual();
    }

    /// The loop of the current thread, or null. Without a scheduler of our own a coroutine has a home, not a
    /// loop under it.
    public static @Nullable EventLoop current() {
        return (EventLoop) LoopThread.currentOwner();
    }

    /// Starts the loop's thread.
    public void start() {
        thread.start();
    }

    /// Whether coroutines of this loop run on its thread only, one at a time.
    public boolean confined() {
        return confined;
    }

    /// Whether it is part of a simulation.
    public boolean simulated() {
        return simulator != null;
    }

    /// The simulation that it is part of, or null.
    public @Nullable Simulator simulator() {
        return simulator;
    }

    /// Reports what concerns this loop, to the simulation if it is part of one. Any thread.
    public void report(Report report) {
        if (simulator != null && onLoop()) {
            simulator.report(report);
        } else {
            Reports.publish(report);
        }
    }

    public int index() {
        return index;
    }

    public String name() {
        return thread.getName();
    }

    public Thread thread() {
        return thread;
    }

    public Clock clock() {
        return clock;
    }

    public Poller poller() {
        return poller;
    }

    /// Randomness of this loop; use it on the loop thread, or under confinement.
    public RandomGenerator random() {
        return random;
    }

    /// The companion, made if there is none. Any thread.
    public Companion companion(Supplier<Companion> maker) {
        Companion known = companion.get();
        if (known != null) {
            return known;
        }
        Companion made = maker.get();
        // One winner; pairs with the get above and in shutDown.
        Companion first = companion.compareAndExchange(null, made);
        return first != null ? first : made;
    }

    /// A virtual thread that will run on this loop, not started.
    public Thread coroutine(@Nullable String name, Runnable body) {
        // Not builder.name(): a builder is not safe for use by several threads.
        Thread coroutine = builder.unstarted(body);
        if (name != null) {
            coroutine.setName(name);
        }
        return coroutine;
    }

    /// Whether the caller runs on the loop thread, mounted coroutines included.
    public boolean onLoop() {
        return VirtualThreads.currentCarrier() == thread;
    }

    // ---- any thread

    @Override
    public void ready(Runnable continuation) {
        if (onLoop()) {
            ready.add(continuation);
        } else if (!push(continuation, true)) {
            VirtualThreads.defaultScheduler().execute(continuation);
        }
    }

    /// Runs an action on the loop thread, soon. The action neither blocks nor runs user code.
    ///
    /// @return false if the loop has ended; the action is not run then
    public boolean submit(Runnable action) {
        return push(action, false);
    }

    private boolean push(Runnable action, boolean continuation) {
        Inbox.Pushed pushed = inbox.push(action, continuation);
        if (pushed == Inbox.Pushed.WAKE) {
            poller.wakeup();
        }
        return pushed != Inbox.Pushed.CLOSED;
    }

    /// Arms a timer. One that its loop leaves behind ends all the same, on a thread of the JDK's.
    public void arm(Timer timer) {
        if (onLoop()) {
            wheel.add(timer);
        } else if (!submit(() -> wheel.add(timer))) {
            forward(timer);
        }
    }

    /// Disarms a timer. From another thread it takes effect a little later: `expired` may still be called until
    /// then, and after the end of the loop in any case.
    public void disarm(Timer timer) {
        if (onLoop()) {
            wheel.remove(timer);
        } else {
            submit(() -> wheel.remove(timer));
        }
    }

    /// Disarms a timer that another thread has armed, which may not have taken effect yet.
    public void disarmInTurn(Timer timer) {
        submit(() -> wheel.remove(timer));
    }

    /// Starts an operation.
    ///
    /// @return false if the loop has ended
    public boolean perform(Operation operation) {
        if (onLoop()) {
            poller.submit(operation);
            return true;
        }
        return submit(() -> poller.submit(operation));
    }

    /// Asks for an early end of an operation, see [Poller#cancel].
    public void cancel(Operation operation) {
        if (onLoop()) {
            poller.cancel(operation);
        } else {
            submit(() -> poller.cancel(operation));
        }
    }

    /// Ends the loop: it runs what is ready, then closes its poller; later arrivals are forwarded. Any thread.
    public void close() {
        submit(() -> closing = true);
    }

    /// Whether it has ended: it runs nothing any more, and what arrives is forwarded.
    public boolean ended() {
        return inbox.isClosed();
    }

    /// Ends a loop that nobody knows of yet, and whose thread may not have been started.
    public void discard() {
        if (thread.getState() == Thread.State.NEW) {
            poller.close();
        } else {
            close();
            awaitEnd();
        }
    }

    /// Waits until the loop's thread has ended.
    public void awaitEnd() {
        assert !onLoop() : "a loop cannot wait for its own end";
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// What holds the loop right now, or null; a hint for the stall watch.
    @Nullable Runnable running() {
        return ready.running();
    }

    /// Whether nothing goes on here by itself: the loop sleeps, no timer is armed, and no operation is in
    /// flight that anybody may wait for. Any thread.
    ///
    /// @return a number that is another one after a coroutine has run; -1 if something goes on
    public long rest() {
        // Before the sleep is looked for, so that the answers before and after a rest differ.
        long resumes = progress.resumes();
        return inbox.isAsleep() && wheel.size() == 0 && poller.inFlight() == unwaited ? resumes : -1;
    }

    /// Counts operations that stay in flight although nobody waits for their end, as the receive of a
    /// connection that nobody reads just now: what comes there makes no coroutine go on. Loop thread only.
    ///
    /// @param change how many more there are now, or fewer
    public void addUnwaited(int change) {
        assert onLoop() : "operations of a loop counted by " + Thread.currentThread();
        unwaited += change;
        assert unwaited >= 0 : "unwaited=" + unwaited;
    }

    public LoopStatistics statistics() {
        return progress.statistics(index, ready.size(), wheel.size(), poller);
    }

    // ---- loop thread

    private void run() {
        poller.open();
        while (!closing || !ready.isEmpty()) {
            act(tick);
        }
        shutDown();
    }

    private void tick() {
        drainInbox();
        runReady();
        fireTimers();
        poll();
    }

    private void drainInbox() {
        for (Inbox.Node node = inbox.drain(); node != null; node = node.next) {
            progress.received++;
            if (node.continuation) {
                ready.addFromOutside(node.action);
            } else {
                act(node.action);
            }
        }
    }

    /// Runs an action of ours. One that fails is a defect, which must not take the loop and everybody on it
    /// along.
    void act(Runnable action) {
        try {
            action.run();
        } catch (Throwable failure) {
            Defects.tell(this, failure);
        }
    }

    private void runReady() {
        int batch = ready.size();
        if (batch == 0) {
            return;
        }
        sliceStart = clock.nanoTime();
        long end = sliceStart;
        int untilClock = RESUMES_PER_CLOCK;
        while (!ready.isEmpty()) {
            Runnable continuation = ready.take();
            progress.resuming();
            continuation.run();
            if (--untilClock == 0) {
                untilClock = RESUMES_PER_CLOCK;
                end = clock.nanoTime();
                if (end - sliceStart >= SLICE_NANOS) {
                    break;
                }
            }
        }
        ready.idle();
        progress.ran(clock.nanoTime() - sliceStart, !ready.isEmpty());
        ready.trim();
    }

    private void fireTimers() {
        if (wheel.size() > 0) {
            int limit = simulator == null ? TIMERS_PER_TICK : simulator.timersAtOnce();
            progress.timersFired += wheel.expire(clock.nanoTime(), limit);
        }
    }

    private void poll() {
        if (closing || !ready.isEmpty() || inbox.hasWork() || leftovers.clear()) {
            pollWithout(0);
            return;
        }
        long timeout = wheel.size() == 0 ? Long.MAX_VALUE : wheel.nextNanos() - clock.nanoTime();
        if (timeout <= 0) {
            pollWithout(0);
        } else if (!spin.look(inbox, 0, null) && inbox.trySleep()) {
            sleep(timeout);
        }
    }

    private void sleep(long timeout) {
        progress.sleeps++;
        long start = clock.nanoTime();
        try {
            progress.completions += poller.poll(timeout);
        } finally {
            spin.slept(clock.nanoTime() - start, inbox.hasWork());
            inbox.awake();
        }
    }

    /// Looks a while for the end of a coroutine's wait, if nobody else could run. By the coroutine, mounted.
    ///
    /// @return whether it has ended
    public boolean lookFor(IdleSpin.Wait wait, long token) {
        return spin.pays() && ready.isEmpty() && onLoop() && mayStay() && spin.look(wait, token, inbox);
    }

    /// Whether a coroutine may go on from look to look: for a slice, or some where no timer and no I/O waits.
    public boolean mayStay() {
        boolean alone = wheel.size() == 0 && poller.inFlight() == 0;
        return !inbox.hasWork() && clock.nanoTime() - sliceStart < (alone ? 20 * SLICE_NANOS : SLICE_NANOS);
    }

    /// Whether the caller's coroutine is the only one that could run now. Loop thread only; elsewhere false.
    public boolean idle() {
        return onLoop() && ready.isEmpty() && !inbox.hasWork();
    }

    /// Looks at I/O without sleeping; skipped when there is none to look at.
    private void pollWithout(long timeout) {
        if (poller.inFlight() > 0) {
            progress.completions += poller.poll(timeout);
        }
    }

    private void shutDown() {
        for (Inbox.Node node = inbox.close(); node != null; node = node.next) {
            if (node.continuation) {
                VirtualThreads.defaultScheduler().execute(node.action);
            } else {
                act(node.action);
            }
        }
        act(this::endOperations);
        wheel.drain(timer -> act(() -> forward(timer)));
        while (!ready.isEmpty()) {
            VirtualThreads.defaultScheduler().execute(ready.take());
        }
    }

    /// A poller that cannot end its operations throws: the memory and the descriptors that they use stay then.
    private void endOperations() {
        poller.close();
        Companion mine = companion.get();
        if (mine != null) {
            mine.loopEnded();
        }
    }

    /// What still waits for a time, in the JDK's ways or ours, would be lost with the loop: the coroutines that
    /// it leaves behind, and virtual threads that they have started. In a simulation time has ended.
    private void forward(Timer timer) {
        if (simulator == null) {
            timer.endAfter(timer.deadline - clock.nanoTime());
        }
    }

    /// The end of a timed park of the JDK; called by the loop thread right after the coroutine has left it.
    @Override
    public ScheduledFuture<?> after(Runnable action, long delayNanos) {
        var end = new JdkTimer(this, action);
        end.deadline = saturatedAdd(clock.nanoTime(), delayNanos);
        if (onLoop()) {
            if (simulator != null) {
                simulator.timedPark();
            }
            wheel.add(end);
        } else if (!submit(() -> wheel.add(end))) {
            // The coroutine outlived its loop and runs on the JDK's scheduler, whose timer takes over.
            return ((ForkJoinPool) VirtualThreads.defaultScheduler())
                    .schedule(action, delayNanos, TimeUnit.NANOSECONDS);
        }
        return end;
    }

    /// `a + b` for `b >= 0`, [Long#MAX_VALUE] instead of an overflow.
    public static long saturatedAdd(long a, long b) {
        long sum = a + b;
        return sum < a ? Long.MAX_VALUE : sum;
    }

    /// How many nanoseconds that is: zero if it is negative, [Long#MAX_VALUE] for three centuries and more.
    public static long nanos(Duration duration) {
        try {
            return Math.max(0, duration.toNanos());
        } catch (ArithmeticException tooLong) {
            return duration.isNegative() ? 0 : Long.MAX_VALUE;
        }
    }
}

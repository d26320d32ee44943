package dev.sluice;

import dev.sluice.cancel.CancelledException;
import dev.sluice.cancel.Durations;
import dev.sluice.internal.access.Engines;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.strand.Sleep;
import dev.sluice.internal.strand.Strand;
import dev.sluice.loop.Loop;
import dev.sluice.loop.Loops;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.observe.WaitGraph;
import dev.sluice.task.Action;
import dev.sluice.task.Call;
import dev.sluice.task.Promise;
import dev.sluice.task.RootTask;
import dev.sluice.task.TaskFailedException;
import dev.sluice.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// The entry: runs a program's main body on a loop, and the few things that every coroutine does.
///
/// ```java
/// void main() {
///     Sluice.run(() -> {
///         try (var group = TaskGroup.open()) {
///             group.start("tick", () -> countdown("tick", 3));
///             group.start("tock", () -> countdown("tock", 3));
///             group.join();
///         }
///     });
/// }
/// ```
public final class Sluice {
    private Sluice() {}

    /// Runs a body on a loop and waits for its end; see [#run(LoopsConfig, Action)].
    public static <X extends Exception> void run(Action<X> body) throws X {
        run(LoopsConfig.defaults(), body);
    }

    /// Runs a body on the first of a group of loops, which is closed afterwards, and waits for its end.
    ///
    /// SIGINT, SIGTERM and SIGHUP cancel the body; when it has cleaned up, the JVM exits with 130, 143 or 129.
    /// A second SIGINT exits at once. Of several bodies that run at the same time all are cancelled, and the
    /// last to end is followed by the exit. SIGUSR1 prints the [#waitGraph], unless the program handles it
    /// itself. Called by a coroutine it runs the body right there, on the same loop, and ignores `config`.
    ///
    /// @throws X what the body threw
    public static <X extends Exception> void run(LoopsConfig config, Action<X> body) throws X {
        call(config, () -> {
            body.run();
            return Sluice.class;
        });
    }

    /// As [#run(Action)], with a result.
    public static <T, X extends Exception> T call(Call<T, X> body) throws X {
        return call(LoopsConfig.defaults(), body);
    }

    /// As [#run(LoopsConfig, Action)], with a result.
    public static <T, X extends Exception> T call(LoopsConfig config, Call<T, X> body) throws X {
        if (Strand.current().loop() != null) {
            return body.call();
        }
        Loops loops = Loops.open(config);
        try {
            SignalHandling.begin(Engines.root(loops));
        } catch (Throwable failure) {
            loops.close();
            throw failure;
        }
        try (loops) {
            return callOn(loops.loop(0), "main", body);
        } catch (Throwable failure) {
            SignalHandling.failed(failure);
            throw failure;
        } finally {
            SignalHandling.end(Engines.root(loops));
        }
    }

    /// Calls a body in a coroutine of a loop and waits for it: from a thread that is not a coroutine, or from a
    /// coroutine of any loop. The body is below no group and sees no task locals of the caller. If the caller
    /// is cancelled or interrupted meanwhile, so is the body, and the wait goes on.
    ///
    /// @param name the name of the task, for messages
    /// @throws X what the body threw
    /// @throws CancelledException if the loops were shut down, or the caller was cancelled or interrupted
    public static <T, X extends Exception> T callOn(Loop loop, String name, Call<T, X> body) throws X {
        return RootTask.call(loop, name, body);
    }

    /// Suspends the caller for a while. Zero or less only lets others run.
    ///
    /// @throws CancelledException if the caller is cancelled
    public static void sleep(Duration duration) {
        Sleep.duration(duration, new Sleeping(duration));
    }

    /// Lets every other coroutine that is ready run once.
    ///
    /// @throws CancelledException if the caller is cancelled
    public static void yield() {
        Sleep.pass(Strand.current());
    }

    /// The clock that the caller lives by: its loop's, which a simulation makes jump, or the operating system's
    /// for a thread that is on no loop. What measures time by it can be tested in virtual time.
    public static Clock clock() {
        EventLoop engine = Strand.currentLoop();
        return engine != null ? engine.clock() : Clock.system();
    }

    /// Calls a body on a platform thread and suspends the caller until it has ended: for what blocks (files,
    /// JDBC) or computes for long.
    ///
    /// The number of threads is bounded, see [LoopsConfig#offloadThreads]; beyond it callers wait their turn.
    /// The body sees the caller's deadlines, task locals and scoped values. A cancelled caller interrupts the
    /// body and still waits for its end.
    ///
    /// @throws X what the body threw
    public static <T, X extends Exception> T offload(Call<T, X> body) throws X {
        EventLoop engine = Strand.currentLoop();
        if (engine == null || Strand.current().isOffloaded()) {
            return body.call(); // not on a loop
        }
        if (engine.simulated()) {
            Sluice.yield();
            return body.call();
        }
        return Engines.offloader(engine).call(body::call);
    }

    /// Runs a body on a platform thread, see [#offload(Call)].
    public static <X extends Exception> void offload(Action<X> body) throws X {
        offload(() -> {
            body.run();
            return Sluice.class;
        });
    }

    /// Waits for a stage of the JDK's; cancelling the caller leaves the stage alone.
    ///
    /// @throws TaskFailedException if the stage failed
    public static <T> T await(CompletionStage<T> stage) {
        return Promise.from(stage).await();
    }

    /// Who waits for what on all loops of this JVM, and the deadlocks among them: print it.
    ///
    /// In a simulation: on its loop only. Threads: any.
    public static WaitGraph waitGraph() {
        EventLoop engine = Strand.current().loop();
        List<Loops> groups = engine != null && engine.simulated()
                ? List.of(Engines.face(engine).loops())
                : Loops.opened();
        return Loops.waitGraph(groups);
    }

    /// What a sleeper is shown to wait for.
    private record Sleeping(Duration duration) {
        @Override
        public String toString() {
            return "sleep " + Durations.print(duration);
        }
    }
}

package dev.sluice;

import dev.sluice.cancel.CancelReason;
import dev.sluice.cancel.CancelledException;
import dev.sluice.internal.sched.JdkSignals;
import dev.sluice.internal.strand.RootStrand;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Turns SIGINT, SIGTERM and SIGHUP into a cancellation of all bodies of [Sluice#run], and the end of their
/// clean-up into the exit status that shells expect; prints who waits for what on SIGUSR1.
///
/// A JVM has one handler for a signal, and may run several bodies on several threads, so this is kept once:
///
///     no body ──begin──▶ handled ──signal──▶ all cancelled ──the last body ends──▶ exit
///        ▲                  │                      └──SIGINT──▶ halt
///        └─the last body ends
///
/// Threads: any; the handlers run on threads of the JVM. `lock` guards all fields.
final class SignalHandling {
    private static final int EXIT_BASE = 128; // the shell's convention: 128 + signal
    private static final int SIGINT = 2;

    private static final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private static final List<RootStrand> bodies = new ArrayList<>();
    private static final List<JdkSignals.Installed> installed = new ArrayList<>();
    private static @Nullable Signal first;

    private record Signal(String name, int number) {}

    private SignalHandling() {}

    /// A body begins below a root. One that begins while others are being cancelled is cancelled, too.
    static void begin(RootStrand root) {
        Signal signal;
        lock.lock();
        try {
            if (bodies.isEmpty()) {
                handle("INT");
                handle("TERM");
                handle("HUP"); // the terminal is gone
                showWaitsOnRequest();
            }
            bodies.add(root);
            signal = first;
        } finally {
            lock.unlock();
        }
        if (signal != null) {
            root.cancel(new CancelReason.Shutdown(signal.name));
        }
    }

    private static void handle(String name) {
        JdkSignals.Installed handler = JdkSignals.handle(name, number -> arrived(new Signal("SIG" + name, number)));
        if (handler != null) {
            installed.add(handler);
        }
    }

    /// SIGUSR1 prints who waits for what, if the program has no other use for it.
    private static void showWaitsOnRequest() {
        JdkSignals.Installed handler = JdkSignals.handle("USR1", _ -> System.err.println(Sluice.waitGraph()));
        if (handler != null && handler.alone()) {
            installed.add(handler);
        } else if (handler != null) {
            handler.undo().run();
        }
    }

    /// The first signal cancels, and decides the exit status. A second SIGINT does not wait for the clean-up.
    private static void arrived(Signal signal) {
        boolean isFirst;
        List<RootStrand> running;
        lock.lock();
        try {
            isFirst = first == null;
            if (isFirst) {
                first = signal;
            }
            running = List.copyOf(bodies);
        } finally {
            lock.unlock();
        }
        if (running.isEmpty()) {
            System.exit(EXIT_BASE + signal.number); // it came at the end of the last one
        } else if (isFirst) {
            running.forEach(root -> root.cancel(new CancelReason.Shutdown(signal.name)));
        } else if (signal.number == SIGINT) {
            Runtime.getRuntime().halt(EXIT_BASE + signal.number);
        }
    }

    /// A body has failed. When the JVM is about to exit nobody would see it, unless it is the cancellation
    /// itself.
    static void failed(Throwable failure) {
        if (first() != null && !(failure instanceof CancelledException)) {
            System.getLogger("dev.sluice").log(System.Logger.Level.ERROR, "main failed after a signal", failure);
        }
    }

    /// A body has ended, and its loops: if it is the last and a signal asked for it, so does the JVM.
    static void end(RootStrand root) {
        Signal signal = null;
        lock.lock();
        try {
            bodies.remove(root);
            if (bodies.isEmpty()) {
                signal = first;
                if (signal == null) {
                    installed.forEach(handler -> handler.undo().run());
                    installed.clear();
                }
            }
        } finally {
            lock.unlock();
        }
        if (signal != null) {
            System.exit(EXIT_BASE + signal.number);
        }
    }

    private static @Nullable Signal first() {
        lock.lock();
        try {
            return first;
        } finally {
            lock.unlock();
        }
    }
}

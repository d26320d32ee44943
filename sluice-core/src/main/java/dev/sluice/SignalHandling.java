package dev.sluice;

import dev.sluice.cancel.CancelReason;
import dev.sluice.cancel.CancelledException;
import dev.sluice.internal.sched.JdkSignals;
import dev.sluice.internal.strand.RootStrand;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Turns SIGINT and SIGTERM into a cancellation, and the end of the clean-up into the exit status that shells
/// expect.
///
/// Threads: the handlers run on threads of the JVM; `install` and `finish` on the thread of [Sluice#run].
final class SignalHandling {
    private static final int EXIT_BASE = 128; // the shell's convention: 128 + signal
    private static final int SIGINT = 2;

    private final RootStrand root;
    private final List<JdkSignals.Installed> installed = new ArrayList<>();
    private final AtomicInteger received = new AtomicInteger();

    private SignalHandling(RootStrand root) {
        this.root = root;
    }

    static SignalHandling install(RootStrand root) {
        var handling = new SignalHandling(root);
        handling.handle("INT");
        handling.handle("TERM");
        return handling;
    }

    private void handle(String name) {
        JdkSignals.Installed handler = JdkSignals.handle(name, number -> arrived(name, number));
        if (handler != null) {
            installed.add(handler);
        }
    }

    private void arrived(String name, int number) {
        // Pairs with the read in finish: the first signal decides the exit status. A second SIGINT does not
        // wait for the clean-up.
        if (received.compareAndSet(0, number)) {
            root.cancel(new CancelReason.Shutdown("SIG" + name));
        } else if (number == SIGINT) {
            Runtime.getRuntime().halt(EXIT_BASE + number);
        }
    }

    /// The body has failed. When the JVM is about to exit nobody would see it, unless it is the cancellation
    /// itself.
    void failed(Throwable failure) {
        if (received.get() != 0 && !(failure instanceof CancelledException)) {
            System.getLogger("dev.sluice").log(System.Logger.Level.ERROR, "main failed after a signal", failure);
        }
    }

    /// The body has ended, and the loops: if a signal asked for it, so does the JVM.
    void finish() {
        int signal = received.get();
        if (signal != 0) {
            System.exit(EXIT_BASE + signal);
        }
        installed.forEach(handler -> handler.undo().run());
    }
}

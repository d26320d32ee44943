package dev.sluice.internal.sched;

import dev.sluice.internal.settings.Setting;

/// Keeps the JDK's socket pollers off our loops.
///
/// `sun.nio.ch.Poller` creates its sub-pollers as virtual threads in its static initialiser, and they inherit
/// the scheduler of the thread that runs it: the first blocking JDK socket call of a coroutine would make that
/// coroutine's loop the carrier of all JDK sockets of the JVM. So it is initialised first, by a platform
/// thread.
///
/// One of its threads waits in a system call from then on, and for such a thread the exit of a JVM takes 300 ms
/// (`VM_Exit::wait_for_threads_in_native_to_block` of HotSpot). So a program whose coroutines make no blocking
/// calls of the JDK's sockets may say so, by `-Ddev.sluice.jdkSockets=false`.
public final class JdkPoller {
    private static volatile boolean primed; // set when it is done; pairs with the read in prime

    private JdkPoller() {}

    /// Initialises the JDK's poller, unless it has been or nobody needs it. Any thread.
    public static void prime() {
        if (primed || !Setting.JDK_SOCKETS.isOn()) {
            return;
        }
        // A thread of its own, because the caller may be a virtual one. Not in a static initialiser, which it
        // would wait for.
        Thread primer = Thread.ofPlatform().name("sluice-primer").daemon().start(JdkPoller::initialise);
        boolean interrupted = false;
        while (primer.isAlive()) {
            try {
                primer.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        primed = true;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void initialise() {
        try {
            Class.forName("sun.nio.ch.Poller", true, null);
        } catch (ClassNotFoundException e) {
            // A JDK without this class has nothing to prime; 25 has it, and a test says so.
            assert Runtime.version().feature() != 25 : e;
        }
    }
}

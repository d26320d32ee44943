package dev.sluice.loop;

/// Initialises Sluice's classes before the first coroutine runs.
///
/// A coroutine that parks inside a static initialiser takes its whole loop along, and one that meets a class
/// that another thread is initialising blocks it. A test checks that no class with an initialiser is missing
/// here.
final class Preload {
    private static final String[] CLASSES = {
        "dev.sluice.internal.loop.Inbox",
        "dev.sluice.internal.loop.Inbox$Pushed",
        "dev.sluice.internal.loop.Progress",
        "dev.sluice.internal.loop.SharedLoop",
        "dev.sluice.internal.sched.VirtualThreads",
        "dev.sluice.internal.strand.Completion",
        "dev.sluice.internal.strand.Scope",
        "dev.sluice.internal.strand.Strand",
        "dev.sluice.loop.Backend",
        "dev.sluice.loop.LoopsConfig",
        "dev.sluice.observe.Report$Cause",
        "dev.sluice.observe.Reports",
        "dev.sluice.task.JoinPolicies$FailFast",
        "dev.sluice.task.JoinPolicies$FirstSuccess",
        "dev.sluice.task.TaskGroup",
    };

    private Preload() {}

    static void classes() {
        ClassLoader loader = Preload.class.getClassLoader();
        for (String name : CLASSES) {
            try {
                Class.forName(name, true, loader);
            } catch (ReflectiveOperationException missing) {
                throw new IllegalStateException("preload class " + name + ": " + missing, missing);
            }
        }
    }
}

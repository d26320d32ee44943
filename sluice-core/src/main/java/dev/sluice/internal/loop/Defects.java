package dev.sluice.internal.loop;

import dev.sluice.observe.Report;

/// Tells of a failure on a loop's thread that is nobody's.
final class Defects {
    private Defects() {}

    /// Reports it; the loop goes on. Where a report itself fails, for want of memory or of a descriptor to load a class
    /// by, both go to the thread's handler of uncaught exceptions. Loop thread only.
    static void tell(EventLoop loop, Throwable failure) {
        try {
            loop.report(new Report.UnobservedFailure("loop " + loop.name(), failure));
        } catch (Throwable untold) {
            failure.addSuppressed(untold);
            Thread self = Thread.currentThread();
            self.getUncaughtExceptionHandler().uncaughtException(self, failure);
        }
    }
}

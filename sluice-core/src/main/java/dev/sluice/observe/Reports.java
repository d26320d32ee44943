package dev.sluice.observe;

import java.util.Objects;
import java.util.function.Consumer;

/// Where [Report]s go: to the system logger `dev.sluice` as warnings, unless a program wants them itself.
///
/// Threads: any.
public final class Reports {
    private static volatile Consumer<Report> handler =
            Reports::log; // set by any thread, pairs with the read in publish

    private Reports() {}

    /// Gives all reports of this JVM to `now`, which is called on a thread of its own: it may block, it must
    /// not throw.
    ///
    /// @return the handler before
    public static Consumer<Report> handler(Consumer<Report> now) {
        Consumer<Report> before = handler;
        handler = Objects.requireNonNull(now, "handler");
        return before;
    }

    /// Reports. Returns at once: a log may block, and a loop must not.
    public static void publish(Report report) {
        Consumer<Report> to = handler;
        Thread.ofPlatform().daemon().name("sluice-report").start(() -> to.accept(report));
    }

    private static void log(Report report) {
        Throwable failure = report instanceof Report.UnobservedFailure unobserved ? unobserved.failure() : null;
        System.getLogger("dev.sluice").log(System.Logger.Level.WARNING, report.describe(), failure);
    }
}

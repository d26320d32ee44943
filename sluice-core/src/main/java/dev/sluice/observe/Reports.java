package dev.sluice.observe;

import java.util.Objects;
import java.util.function.Consumer;

/// Where [Report]s go: to the system logger `dev.sluice` as warnings, unless a program wants them itself.
///
/// Threads: any.
public final class Reports {
    private static final Reporter REPORTER = new Reporter();

    private static volatile Consumer<Report> handler =
            Reports::log; // set by any thread, pairs with the read in publish

    private Reports() {}

    /// Gives all reports of this JVM to `now`, one after the other, on a thread that exists for that: it may
    /// block, and 1024 reports wait for it meanwhile; more are dropped, see [#dropped].
    ///
    /// @return the handler before
    public static Consumer<Report> handler(Consumer<Report> now) {
        Consumer<Report> before = handler;
        handler = Objects.requireNonNull(now, "handler");
        return before;
    }

    /// Reports. Returns at once, since a log may block, and a loop must not; and never fails.
    public static void publish(Report report) {
        REPORTER.publish(handler, report);
    }

    /// How many reports of this JVM were dropped, because too many waited for the handler.
    public static long dropped() {
        return REPORTER.dropped();
    }

    private static void log(Report report) {
        Throwable failure = report instanceof Report.UnobservedFailure unobserved ? unobserved.failure() : null;
        System.getLogger("dev.sluice").log(System.Logger.Level.WARNING, report.describe(), failure);
    }
}

package dev.sluice.observe;

import java.time.Duration;
import java.util.List;

/// Something that a person should know of, and that no caller is there to be told. See [Reports].
public sealed interface Report {
    /// The report in a line or more, for a log.
    String describe();

    /// A coroutine held its loop for too long; its neighbours, timers and I/O waited.
    ///
    /// @param loop the loop's name
    /// @param task who holds it
    /// @param cause why, as far as the stack tells
    /// @param held how long so far
    /// @param waiting how many coroutines were ready to run
    /// @param stack where it was when it was looked at
    record Stall(String loop, String task, Cause cause, Duration held, int waiting, List<StackTraceElement> stack)
            implements Report {
        @Override
        public String describe() {
            return "loop " + loop + " held by " + task + " for " + held.toMillis() + " ms (" + cause.text() + "), "
                    + waiting + " waiting" + lines(stack);
        }
    }

    /// Why a loop is held.
    enum Cause {
        CPU("it computes, or the system gave its loop no processor"),
        CLASS_LOADING("it loads classes"),
        CLASS_INITIALIZER("inside a class initialiser, which cannot be suspended"),
        FILE_IO("file I/O, which blocks the thread"),
        NATIVE("a native call, which blocks the thread");

        private final String text;

        Cause(String text) {
            this.text = text;
        }

        /// For people.
        public String text() {
            return text;
        }
    }

    /// Tasks were cancelled a while ago and still run.
    ///
    /// @param group whose tasks they are
    /// @param reason why they were cancelled
    record IgnoredCancel(String group, String reason, List<Holdout> holdouts) implements Report {
        @Override
        public String describe() {
            var text = new StringBuilder(group + " was cancelled and its tasks do not end; " + reason);
            for (Holdout holdout : holdouts) {
                text.append("\n  ").append(holdout.task()).append(": ").append(holdout.doing());
                text.append(lines(List.of(holdout.thread().getStackTrace())));
            }
            return text.toString();
        }
    }

    /// A task that does not end.
    ///
    /// @param doing what it waits for, or that it runs
    /// @param thread its coroutine; its stack says where it is
    record Holdout(String task, String doing, Thread thread) {}

    /// Tasks wait for each other, and no deadline will end that.
    ///
    /// @param loops the name of the loops that were looked at
    record Deadlock(String loops, List<WaitGraph.Circle> circles) implements Report {
        public Deadlock {
            circles = List.copyOf(circles);
        }

        @Override
        public String describe() {
            var text = new StringBuilder("loops " + loops);
            circles.forEach(
                    circle -> text.append(circles.size() == 1 ? ": " : "\n").append(circle));
            return text.toString();
        }
    }

    /// A failure that nobody waits for.
    record UnobservedFailure(String task, Throwable failure) implements Report {
        @Override
        public String describe() {
            return "task " + task + " failed and nobody waits for it: " + failure;
        }
    }

    private static String lines(List<StackTraceElement> stack) {
        var text = new StringBuilder();
        for (StackTraceElement frame : stack) {
            text.append("\n      at ").append(frame);
        }
        return text.toString();
    }
}

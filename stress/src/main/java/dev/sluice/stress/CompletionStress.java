package dev.sluice.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.sluice.task.Promise;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/// Promises, and with them the completions that tasks end by: completed once, and all who wait hear of it.
public final class CompletionStress {
    private CompletionStress() {}

    private static String done(boolean done) {
        return done ? "done" : "refused";
    }

    /// Two complete the same promise.
    @JCStressTest
    @Outcome(id = "done, refused, first", expect = ACCEPTABLE, desc = "the first, and its value stays")
    @Outcome(id = "refused, done, second", expect = ACCEPTABLE, desc = "the second, and its value stays")
    @Outcome(expect = FORBIDDEN, desc = "completed twice or never, or with the value that was refused")
    @State
    public static class CompleteAgainstComplete {
        private final Promise<String> promise = new Promise<>();

        @Actor
        public void first(LLL_Result r) {
            r.r1 = done(promise.complete("first"));
        }

        @Actor
        public void second(LLL_Result r) {
            r.r2 = done(promise.complete("second"));
        }

        @Arbiter
        public void end(LLL_Result r) {
            r.r3 = promise.await();
        }
    }

    /// One completes while another begins to wait.
    @JCStressTest
    @Outcome(id = "value", expect = ACCEPTABLE, desc = "found at once, or after a wait")
    @Outcome(expect = FORBIDDEN, desc = "woken for nothing; a lost wake-up shows as a timeout")
    @State
    public static class CompleteAgainstAwait {
        private final Promise<String> promise = new Promise<>();

        @Actor
        public void completer() {
            promise.complete("value");
        }

        @Actor
        public void waiter(L_Result r) {
            r.r1 = promise.await();
        }
    }

    /// One completes while the only one who waits is cancelled.
    @JCStressTest
    @Outcome(id = "done, value, value", expect = ACCEPTABLE, desc = "the wait ended by the value")
    @Outcome(id = "done, cancelled, value", expect = ACCEPTABLE, desc = "the wait was cancelled; others get the value")
    @Outcome(expect = FORBIDDEN, desc = "a cancelled waiter spoils the promise")
    @State
    public static class CompleteAgainstCancelOfWaiter {
        private final Promise<String> promise = new Promise<>();
        private final Waiting waiting = new Waiting(promise::await);

        @Actor
        public void completer(LLL_Result r) {
            r.r1 = done(promise.complete("value"));
        }

        @Actor
        public void canceller() {
            waiting.cancel();
        }

        @Arbiter
        public void end(LLL_Result r) {
            r.r2 = waiting.outcome();
            r.r3 = promise.await();
        }
    }

    /// Of two who wait one is cancelled, and leaves the list while it is taken away.
    @JCStressTest
    @Outcome(
            id = {"value, value", "cancelled, value"},
            expect = ACCEPTABLE,
            desc = "the other one hears of it")
    @Outcome(expect = FORBIDDEN, desc = "who leaves takes others along")
    @State
    public static class CompleteAgainstCancelOfOne {
        private final Promise<String> promise = new Promise<>();
        private final Waiting one = new Waiting(promise::await);
        private final Waiting other = new Waiting(promise::await);

        @Actor
        public void completer() {
            promise.complete("value");
        }

        @Actor
        public void canceller() {
            one.cancel();
        }

        @Arbiter
        public void end(LL_Result r) {
            r.r1 = one.outcome();
            r.r2 = other.outcome();
        }
    }

    /// One completes, and then cancels, while another begins to wait.
    @JCStressTest
    @Outcome(
            id = {"value, calm", "cancelled, calm"},
            expect = ACCEPTABLE,
            desc = "either came first")
    @Outcome(expect = FORBIDDEN, desc = "the wait ended by neither, or an interrupt is left")
    @State
    public static class AwaitAgainstCompleteAndCancel {
        private final Promise<String> promise = new Promise<>();
        private final Cut cut = new Cut();

        @Actor
        public void other() {
            promise.complete("value");
            cut.cancel();
        }

        @Actor
        public void waiter(LL_Result r) {
            r.r1 = cut.run(promise::await) ? "value" : "cancelled";
            r.r2 = Thread.interrupted() ? "interrupted" : "calm";
        }
    }

    /// One asks to be called back while another completes.
    @JCStressTest
    @Outcome(id = "called 1 times", expect = ACCEPTABLE, desc = "once, by one or the other")
    @Outcome(expect = FORBIDDEN, desc = "called twice or never")
    @State
    public static class CompleteAgainstCallback {
        private final Promise<String> promise = new Promise<>();
        private int called; // by whoever calls back; ordered by the completion's lock and the arbiter

        @Actor
        public void completer() {
            promise.complete("value");
        }

        @Actor
        public void asker() {
            CompletableFuture<String> future = promise.toFuture();
            future.thenRun(() -> called++);
        }

        @Arbiter
        public void end(L_Result r) {
            r.r1 = "called " + called + " times";
        }
    }
}

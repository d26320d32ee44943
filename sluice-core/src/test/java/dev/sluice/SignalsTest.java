package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cancel.CancelledException;
import dev.sluice.internal.sched.JdkSignals;
import dev.sluice.internal.testkit.Jvm;
import dev.sluice.internal.testkit.Patience;
import dev.sluice.internal.testkit.TestLoops;
import dev.sluice.task.CancelScope;
import dev.sluice.task.Promise;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/// What signals do to programs whose bodies run by [Sluice#run].
class SignalsTest {
    @Test
    void aSignalCancelsAndTheStatusTellsIt() throws Exception {
        assertThat(statusAfter("TERM")).isEqualTo(143);
        assertThat(statusAfter("INT")).isEqualTo(130);
        assertThat(statusAfter("HUP")).isEqualTo(129);
    }

    private static int statusAfter(String signal) throws Exception {
        try (Jvm jvm = Jvm.start(Program.class, "one")) {
            jvm.awaitLine("one runs");
            jvm.signal(signal);
            jvm.awaitLine("one: cancelled: shutdown (SIG" + signal + ")");
            jvm.tell("clean");
            jvm.awaitLine("one is clean");
            return jvm.awaitExit();
        }
    }

    @Test
    void aSecondSigintDoesNotWaitForTheCleanUp() throws Exception {
        try (Jvm jvm = Jvm.start(Program.class, "one")) {
            jvm.awaitLine("one runs");
            jvm.signal("TERM");
            jvm.awaitLine("one: cancelled");
            jvm.signal("INT");
            assertThat(jvm.awaitExit()).isEqualTo(130);
            assertThat(jvm.output()).noneMatch(line -> line.contains("clean"));
        }
    }

    @Test
    void allBodiesAreCancelledAndCleanUp() throws Exception {
        try (Jvm jvm = Jvm.start(Program.class, "one", "two")) {
            jvm.awaitLine("two runs");
            jvm.signal("INT");
            jvm.awaitLine("cancelled: shutdown (SIGINT)");
            jvm.awaitLine("cancelled: shutdown (SIGINT)");
            jvm.tell("clean");
            jvm.awaitLine("is clean");
            jvm.tell("clean");
            jvm.awaitLine("is clean");
            assertThat(jvm.awaitExit()).isEqualTo(130);
        }
    }

    @Test
    void whenOneHasEndedTheOtherIsCancelledAllTheSame() throws Exception {
        try (Jvm jvm = Jvm.start(Program.class, "short", "two")) {
            jvm.awaitLine("short has ended");
            jvm.signal("INT");
            jvm.awaitLine("two: cancelled: shutdown (SIGINT)");
            jvm.tell("clean");
            assertThat(jvm.awaitExit()).isEqualTo(130);
        }
    }

    @Test
    void whenAllHaveEndedSignalsAreTheJvmsAgain() throws Exception {
        try (Jvm jvm = Jvm.start(Program.class, "short", "short")) {
            jvm.awaitLine("all have ended");
            jvm.signal("INT");
            assertThat(jvm.awaitExit()).isEqualTo(130);
            assertThat(jvm.output()).noneMatch(line -> line.contains("cancelled"));
        }
    }

    @Test
    void sigusr1PrintsWhoWaitsForWhat() throws Exception {
        try (Jvm jvm = Jvm.start(Program.class, "one", "two")) {
            jvm.awaitLine("two runs");
            do {
                jvm.signal("USR1");
            } while (!jvm.awaitLine("2 tasks, ").contains("2 waiting")); // it runs before it waits
            jvm.awaitLine("    main waits for for ever   at dev.sluice.SignalsTest");
        }
    }

    @Test
    void sigusr1IsLeftToWhoHandlesIt() throws Exception {
        try (Jvm jvm = Jvm.start(OwnHandler.class, "one")) {
            jvm.awaitLine("one runs");
            jvm.signal("USR1");
            jvm.awaitLine("the program's own");
            jvm.signal("TERM");
            jvm.awaitLine("one: cancelled");
            assertThat(jvm.output()).noneMatch(line -> line.contains("waiting"));
        }
    }

    /// As [Program], with a use for SIGUSR1.
    static final class OwnHandler {
        private OwnHandler() {}

        public static void main(String[] names) throws Exception {
            JdkSignals.handle("USR1", _ -> Program.say("the program's own"));
            Program.main(names);
        }
    }

    /// Runs the bodies that it is told, each on a thread of its own, the later begun before the earlier ends.
    static final class Program {
        private static final CountDownLatch allRun = new CountDownLatch(1);

        private Program() {}

        public static void main(String[] names) throws Exception {
            Thread[] threads = new Thread[names.length];
            for (int i = 0; i < names.length; i++) {
                String name = names[i];
                var runs = new CountDownLatch(1);
                threads[i] = Thread.ofPlatform().start(() -> run(name, runs));
                Patience.await(runs, name);
            }
            allRun.countDown();
            for (int i = 0; i < names.length; i++) {
                threads[i].join();
                say(names[i] + " has ended");
            }
            say("all have ended");
            new CountDownLatch(1).await(); // until the signal
        }

        private static void run(String name, CountDownLatch runs) {
            try {
                Sluice.run(TestLoops.config(), () -> body(name, runs));
            } catch (Exception failure) {
                say(name + " threw " + failure);
            }
        }

        private static void body(String name, CountDownLatch runs) throws Exception {
            say(name + " runs");
            runs.countDown();
            if (name.equals("short")) {
                Patience.await(allRun, "all run");
                return;
            }
            try {
                new Promise<Boolean>("for ever").await();
            } catch (CancelledException cancelled) {
                say(name + ": " + cancelled.getMessage());
                CancelScope.shield(() -> Sluice.offload(Program::awaitLine));
                say(name + " is clean");
                throw cancelled;
            }
        }

        private static void awaitLine() throws IOException {
            for (int c = System.in.read(); c >= 0 && c != '\n'; c = System.in.read()) {} // its end: the test is gone
        }

        private static void say(String line) {
            System.out.write((line + "\n").getBytes(StandardCharsets.UTF_8), 0, line.length() + 1);
            System.out.flush();
        }
    }
}

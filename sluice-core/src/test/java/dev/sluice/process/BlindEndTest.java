package dev.sluice.process;

import dev.sluice.Sluice;
import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.DescriptorLimit;
import dev.sluice.internal.testkit.Jvm;
import dev.sluice.internal.testkit.Patience;
import dev.sluice.internal.testkit.TestLoops;
import dev.sluice.loop.Backend;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A program is ended, and whoever closes it goes on, also where nobody could see for a while what there was to
/// be ended.
class BlindEndTest {
    @ParameterizedTest
    @EnumSource(
            value = Backend.class,
            names = {"EPOLL", "NIO"})
    void withoutDescriptorsToLookWith(Backend backend) throws Exception {
        try (Jvm jvm = Jvm.start(Program.class, backend.name())) {
            jvm.awaitLine("still alive: false");
        }
    }

    /// Run in a JVM of its own, which has no descriptors left when it closes. The JDK can neither look nor kill
    /// without.
    static final class Program {
        private static final AtomicBoolean DONE = new AtomicBoolean();

        private Program() {}

        public static void main(String[] arguments) throws Exception {
            var calls = new CallState();
            Sluice.run(TestLoops.config().withBackend(Backend.valueOf(arguments[0])), () -> {
                Command.of("true").start().close();
                Child child = Command.of("sleep", "100000").start();
                ProcessHandle sleep = ProcessHandle.of(child.pid()).orElseThrow();
                Patience.until("nobody looks", () -> lookers().isEmpty());
                Thread.ofPlatform().start(Program::liftWhenLooked);
                DescriptorLimit.set(calls, 3);
                child.close();
                DONE.set(true);
                System.out.println("still alive: " + sleep.isAlive());
            });
        }

        /// The kernel's processes are ended without a look.
        private static void liftWhenLooked() {
            List<Thread> lookers = new ArrayList<>();
            Patience.until("it is looked in vain, or ended", () -> {
                lookers.addAll(lookers());
                return DONE.get() || lookers.stream().anyMatch(Program::hasLooked);
            });
            DescriptorLimit.set(new CallState(), 1000);
        }

        private static boolean hasLooked(Thread looker) {
            return looker.getState() == Thread.State.TIMED_WAITING || !looker.isAlive();
        }

        private static List<Thread> lookers() {
            return Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().equals("sluice-end"))
                    .toList();
        }
    }
}

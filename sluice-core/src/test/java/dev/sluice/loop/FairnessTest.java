package dev.sluice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.internal.testkit.JdkSleep;
import dev.sluice.internal.testkit.Leaks;
import dev.sluice.internal.testkit.Patience;
import dev.sluice.internal.testkit.TestLoops;
import dev.sluice.observe.LoopStatistics;
import dev.sluice.task.TaskGroup;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Coroutines that never stop do not keep the others, timers, I/O and arrivals waiting; and what is late is
/// counted.
@ExtendWith(Leaks.class)
class FairnessTest {
    /// Runs a body beside coroutines that only yield. The JDK's scheduler is not fair to others then, and we
    /// can only say so: without confinement there are none.
    private static void besideSpinners(TestBody body) throws Exception {
        TestLoops.run(() -> {
            var stop = new AtomicBoolean(!Loop.current().confined());
            try (var group = TaskGroup.open()) {
                for (int i = 0; i < 5; i++) {
                    group.start("spinner", () -> {
                        while (!stop.get()) {
                            Sluice.yield();
                        }
                    });
                }
                group.start("jdk spinner", () -> {
                    while (!stop.get()) {
                        Thread.yield();
                    }
                });
                Sluice.yield();
                try {
                    body.run();
                } finally {
                    stop.set(true);
                }
                group.join();
            }
        });
    }

    private interface TestBody {
        void run() throws Exception;
    }

    @Test
    void timersEnd() throws Exception {
        besideSpinners(() -> {
            for (int i = 0; i < 20; i++) {
                Sluice.sleep(Duration.ofMillis(2));
                JdkSleep.nanos(1_000_000);
            }
            if (Loop.current().confined()) {
                assertThat(Loop.current().statistics().totals().timersFired()).isGreaterThanOrEqualTo(40);
                assertThat(Loop.current().statistics().totals().slicesCut()).isPositive();
            }
        });
    }

    @Test
    void arrivalsAreTaken() throws Exception {
        besideSpinners(() -> {
            for (int i = 0; i < 100; i++) {
                int number = i;
                assertThat(Sluice.<Integer, RuntimeException>offload(() -> number))
                        .isEqualTo(i);
            }
        });
    }

    @Test
    void socketsOfTheJdkAreServed() throws Exception {
        besideSpinners(() -> {
            try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                    var group = TaskGroup.open()) {
                group.start("client", () -> {
                    try (var socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
                        for (int i = 0; i < 50; i++) {
                            socket.getOutputStream().write(i);
                            assertThat(socket.getInputStream().read()).isEqualTo(i);
                        }
                    }
                });
                try (var socket = server.accept()) {
                    for (int i = 0; i < 50; i++) {
                        socket.getOutputStream().write(socket.getInputStream().read());
                    }
                }
                group.join();
            }
        });
    }

    @Test
    void yieldLetsEachOtherOneRunOnce() throws Exception {
        TestLoops.run(() -> {
            List<String> order = new ArrayList<>();
            boolean confined = Loop.current().confined();
            try (var group = TaskGroup.open()) {
                for (String name : List.of("a", "b", "c")) {
                    group.start(name, () -> {
                        for (int round = 0; round < 3; round++) {
                            synchronized (order) {
                                order.add(name);
                            }
                            Sluice.yield();
                        }
                    });
                }
                group.join();
            }
            if (confined) {
                assertThat(String.join("", order)).isEqualTo("abcabcabc");
            } else {
                assertThat(order).hasSize(9);
            }
        });
    }

    @Test
    void aTaskRunsWhenItsStarterSuspendsNext() throws Exception {
        TestLoops.run(() -> {
            List<String> order = new ArrayList<>();
            boolean confined = Loop.current().confined();
            try (var group = TaskGroup.open()) {
                group.start("child", () -> {
                    synchronized (order) {
                        order.add("child");
                    }
                });
                synchronized (order) {
                    order.add("starter");
                }
                Sluice.yield();
                group.join();
            }
            assertThat(order).hasSize(2);
            if (confined) {
                assertThat(order).containsExactly("starter", "child");
            }
        });
    }

    @Test
    void theStatisticsTellWhoStarvedTimersAndForHowLong() throws Exception {
        TestLoops.run(() -> {
            Loop loop = Loop.current();
            LoopStatistics before = loop.statistics();
            Sluice.sleep(Duration.ofMillis(1));
            long holdNanos = 20_000_000;
            long end = System.nanoTime() + holdNanos;
            while (System.nanoTime() - end < 0) {
                Thread.onSpinWait();
            }
            Sluice.sleep(Duration.ofMillis(1)); // the slice ends here, and is counted
            if (!loop.confined()) {
                assertThat(loop.statistics().totals().resumes()).isZero();
                return;
            }
            LoopStatistics after = loop.statistics();
            assertThat(after.times().longestSliceNanos()).isGreaterThanOrEqualTo(holdNanos);
            assertThat(after.times().starvedNanos() - before.times().starvedNanos())
                    .isGreaterThanOrEqualTo(holdNanos - 1_000_000);
            assertThat(after.times().busyNanos() - before.times().busyNanos()).isGreaterThanOrEqualTo(holdNanos);
            assertThat(after.totals().slices()).isGreaterThan(before.totals().slices());
            assertThat(after.totals().resumes())
                    .isGreaterThanOrEqualTo(before.totals().resumes() + 2);
            assertThat(after.totals().timersFired()).isEqualTo(before.totals().timersFired() + 2);
            assertThat(after.totals().sleeps()).isGreaterThan(before.totals().sleeps());
            assertThat(after.index()).isZero();
            assertThat(after.backend()).isIn("io_uring", "epoll", "nio");
        });
    }

    @Test
    void tenThousandTimersAtTheSameMomentAllEnd() throws Exception {
        TestLoops.run(() -> {
            Loop loop = Loop.current();
            try (var group = TaskGroup.open()) {
                for (int i = 0; i < 10_000; i++) {
                    group.start("sleeper", () -> Sluice.sleep(Duration.ofMillis(20)));
                }
                group.join();
            }
            assertThat(loop.statistics().totals().timersFired()).isEqualTo(10_000);
            Patience.until("nothing is left", () -> loop.statistics().now().timers() == 0);
        });
    }
}

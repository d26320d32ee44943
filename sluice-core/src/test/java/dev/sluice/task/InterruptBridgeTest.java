package dev.sluice.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelReason;
import dev.sluice.cancel.CancelledException;
import dev.sluice.cancel.DeadlineExceededException;
import dev.sluice.internal.access.Engines;
import dev.sluice.internal.testkit.Duel;
import dev.sluice.internal.testkit.JdkSleep;
import dev.sluice.internal.testkit.Leaks;
import dev.sluice.internal.testkit.Patience;
import dev.sluice.internal.testkit.TestLoops;
import dev.sluice.loop.Loop;
import dev.sluice.loop.Loops;
import dev.sluice.observe.Report;
import dev.sluice.observe.Reports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractInterruptibleChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A cancellation reaches a coroutine inside the JDK by an interrupt, which does not outlive the scope; a
/// user's own interrupts keep their meaning.
@ExtendWith(Leaks.class)
class InterruptBridgeTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration SOON = Duration.ofMillis(20);

    @Test
    void aBlockedSocketOfTheJdkIsClosedByTheCancellation() throws Exception {
        TestLoops.run(() -> {
            try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                    var socket = new Socket(server.getInetAddress(), server.getLocalPort());
                    var peer = server.accept()) {
                assertThat(Deadline.after(SOON).tryRun(() -> {
                            assertThatThrownBy(() -> socket.getInputStream().read())
                                    .isInstanceOf(SocketException.class);
                            Sluice.yield();
                        }))
                        .isFalse();
                assertThat(socket.isClosed()).isTrue();
                assertThat(peer.isClosed()).isFalse();
            }
        });
    }

    @Test
    void aBlockedSocketOfTheJdkEndsAsCancelled() throws Exception {
        TestLoops.run(() -> {
            try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                    var socket = new Socket(server.getInetAddress(), server.getLocalPort());
                    var peer = server.accept()) {
                assertThat(peer.isConnected()).isTrue();
                assertThat(Deadline.after(SOON)
                                .tryRun(() -> socket.getInputStream().read()))
                        .isFalse();
                assertThatThrownBy(() -> Deadline.after(SOON).run(server::accept))
                        .isInstanceOf(DeadlineExceededException.class);
                assertThatThrownBy(() -> socket.getInputStream().read()) // nobody is cancelled
                        .isInstanceOf(SocketException.class);
            }
        });
    }

    /// The interrupt of whoever is in it throws.
    private static final class ChannelThatDoesNotClose extends AbstractInterruptibleChannel {
        private volatile boolean blocked;
        private volatile boolean closing;

        @Override
        protected void implCloseChannel() {
            closing = true;
            throw new IllegalStateException("channel: does not close");
        }

        void block() throws IOException {
            try {
                begin();
                blocked = true;
                while (!closing) {
                    LockSupport.park();
                }
            } finally {
                end(false);
            }
        }
    }

    @Test
    void anInterruptThatFailsIsReportedAndHoldsUpNobody() throws Exception {
        var reports = new ConcurrentLinkedQueue<Report>();
        Consumer<Report> before = Reports.handler(reports::add);
        try {
            TestLoops.run(() -> {
                var here = new ChannelThatDoesNotClose();
                var offloaded = new ChannelThatDoesNotClose();
                assertThatThrownBy(() -> TaskGroup.run(group -> {
                            group.start("here", here::block);
                            group.start(
                                    "offloaded",
                                    () -> Sluice.offload(() -> {
                                        offloaded.block();
                                        return 1;
                                    }));
                            group.start("fails", () -> {
                                while (!here.blocked || !offloaded.blocked) {
                                    Sluice.yield();
                                }
                                throw new IOException("enough");
                            });
                        }))
                        .hasMessageContaining("enough");
            });
            Patience.until("both are reported", () -> reports.size() == 2);
        } finally {
            Reports.handler(before);
        }
        assertThat(reports).allSatisfy(report -> assertThat(report.describe()).contains("does not close"));
    }

    @Test
    void aBlockedChannelOfTheJdkEndsTheTaskAsCancelled() throws Exception {
        TestLoops.run(() -> {
            try (var server = ServerSocketChannel.open()
                            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                    var channel = SocketChannel.open(server.getLocalAddress());
                    var peer = server.accept();
                    var group = TaskGroup.open(JoinPolicy.collectAll())) {
                Task<Integer> reader = group.start("reader", () -> channel.read(ByteBuffer.allocate(1)));
                Sluice.sleep(SOON);
                reader.cancel("no more");
                assertThat(reader.outcome())
                        .isEqualTo(new Outcome.Cancelled<>(new CancelReason.Requested("main", "no more")));
                assertThat(channel.isOpen()).isFalse();
                assertThat(peer.isOpen()).isTrue();
                group.join();
            }
        });
    }

    @Test
    void theFailureOfTheJdkIsWhatTheScopeEndsWith() throws Exception {
        TestLoops.run(() -> {
            assertThatThrownBy(() -> Deadline.after(SOON).named("budget").run(JdkSleep::hour))
                    .isInstanceOf(dev.sluice.cancel.DeadlineExceededException.class)
                    .hasMessage("deadline of 20 ms passed: budget")
                    .hasCauseInstanceOf(InterruptedException.class);
            assertThat(CancelScope.run(scope -> {
                        scope.cancel("enough");
                        throw new ClosedByInterruptException();
                    }))
                    .isFalse();
            assertThatThrownBy(() -> CancelScope.run(scope -> {
                        scope.cancel("enough");
                        throw new IllegalStateException("something else");
                    }))
                    .hasMessage("something else");
        });
    }

    @Test
    void anInterruptOfTheUserEndsOneWaitOnly() throws Exception {
        TestLoops.run(() -> {
            Thread self = Thread.currentThread();
            self.interrupt();
            assertThatThrownBy(() -> Sluice.sleep(HOUR))
                    .isInstanceOfSatisfying(
                            CancelledException.class,
                            cancelled -> assertThat(cancelled.reason())
                                    .isEqualTo(
                                            new CancelReason.Requested("an interrupt of the thread", "interrupted")));
            assertThat(self.isInterrupted()).isFalse();
            Sluice.sleep(Duration.ofNanos(1));

            var waits = new Promise<Integer>("wait");
            onAThread(() -> {
                Patience.until("it waits", () -> self.getState() == Thread.State.WAITING);
                self.interrupt();
            });
            assertThatThrownBy(waits::await).isInstanceOf(CancelledException.class);
            Sluice.sleep(Duration.ofNanos(1));
            assertThat(CancelScope.currentReason()).isEmpty();
        });
    }

    @Test
    void anInterruptOfTheUserSurvivesScopesAndUncancellableWaits() throws Exception {
        TestLoops.run(() -> {
            Thread self = Thread.currentThread();
            self.interrupt();
            assertThat(CancelScope.run(scope -> {})).isTrue();
            CancelScope.shield(() -> {});
            Deadline.after(HOUR).run(() -> {});
            assertThat(self.isInterrupted()).isTrue();

            var ended = new Promise<Integer>("end");
            try (var group = TaskGroup.open()) {
                group.start("child", () -> ended.await());
                onAThread(() -> {
                    Patience.until("it waits", () -> self.getState() == Thread.State.WAITING);
                    self.interrupt();
                    ended.complete(1);
                });
                group.join();
            }
            assertThat(Thread.interrupted()).as("joining consumes no interrupt").isTrue();
        });
    }

    @Test
    void aPlatformThreadThatIsInterruptedTakesWhatItRunsAlong() throws Exception {
        try (Loops loops = TestLoops.open(1)) {
            var body = new CompletableFuture<String>();
            var failure = new CompletableFuture<Throwable>();
            var started = new CountDownLatch(1);
            Thread caller = Thread.ofPlatform().start(() -> {
                try {
                    Sluice.callOn(loops.loop(0), "body", () -> {
                        try {
                            started.countDown();
                            Sluice.sleep(HOUR);
                            return 1;
                        } finally {
                            body.complete(
                                    CancelScope.currentReason().orElseThrow().describe());
                        }
                    });
                } catch (Throwable thrown) {
                    failure.complete(thrown);
                }
            });
            Patience.await(started, "the body runs");
            caller.interrupt();
            assertThat(Patience.get(body)).isEqualTo("interrupted (asked by an interrupt of the thread)");
            assertThat(Patience.get(failure)).isInstanceOf(CancelledException.class);
            Patience.join(caller);
        }
    }

    @Test
    void offloadedWorkIsInterruptedAndItsThreadIsCleanAfterwards() throws Exception {
        try (Loops loops = Loops.open(TestLoops.config().withOffloadThreads(1))) {
            var dirty = new AtomicInteger();
            Sluice.callOn(loops.loop(0), "main", () -> {
                for (int round = 0; round < 300; round++) {
                    int spins = ThreadLocalRandom.current().nextInt(2_000);
                    CancelScope.run(scope -> {
                        onAThread(() -> {
                            for (int spin = spins; spin > 0; spin--) {
                                Thread.onSpinWait();
                            }
                            scope.cancel("race");
                        });
                        Sluice.offload(() -> {
                            if (Thread.currentThread().isInterrupted()
                                    && CancelScope.currentReason().isEmpty()) {
                                dirty.incrementAndGet();
                            }
                            for (int spin = spins; spin > 0; spin--) {
                                Thread.onSpinWait();
                            }
                        });
                    });
                    Sluice.offload(() -> {
                        if (Thread.currentThread().isInterrupted()) {
                            dirty.incrementAndGet();
                        }
                    });
                }
                return true;
            });
            assertThat(dirty).as("interrupts that reached other work").hasValue(0);
        }
    }

    /// Cancel races with leaving the scope; afterwards the thread is not interrupted, and the next scope works.
    @Test
    void noInterruptOutlivesItsScope() throws Exception {
        try (Loops loops = TestLoops.open(2)) {
            var scopes = new Promise<?>[Duel.ROUNDS];
            for (int i = 0; i < scopes.length; i++) {
                scopes[i] = new Promise<CancelScope>();
            }
            Sluice.callOn(loops.loop(0), "main", () -> {
                try (var group = TaskGroup.open()) {
                    group.start("victim", () -> {
                        for (Promise<?> next : scopes) {
                            CancelScope.run(scope -> {
                                @SuppressWarnings("unchecked") // an array of generics
                                var handOut = (Promise<CancelScope>) next;
                                handOut.complete(scope);
                                for (int spin = ThreadLocalRandom.current().nextInt(200); spin > 0; spin--) {
                                    Thread.onSpinWait();
                                }
                            });
                            assertThat(Thread.currentThread().isInterrupted()).isFalse();
                            JdkSleep.nanos(1);
                        }
                    });
                    group.startOn(loops.loop(1), "canceller", () -> {
                        for (Promise<?> next : scopes) {
                            ((CancelScope) next.await()).cancel("race");
                        }
                    });
                    group.join();
                }
                return true;
            });
        }
    }

    @Test
    void aLoopThreadIsNeverInterruptedItself() throws Exception {
        TestLoops.run(() -> {
            Thread carrier = Engines.of(Loop.current()).thread();
            for (int round = 0; round < 100; round++) {
                Deadline.after(Duration.ofNanos(1)).tryRun(() -> {
                    Sluice.sleep(HOUR);
                });
                assertThat(Thread.currentThread().isInterrupted()).isFalse();
            }
            Sluice.offload(() -> assertThat(carrier.isInterrupted()).isFalse());
        });
    }

    private static void onAThread(Action<?> body) {
        Thread.ofPlatform().daemon().start(() -> {
            try {
                body.run();
            } catch (Exception failed) {
                throw new IllegalStateException(failed);
            }
        });
    }
}

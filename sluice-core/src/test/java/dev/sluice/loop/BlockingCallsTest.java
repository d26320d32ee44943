package dev.sluice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.internal.testkit.Leaks;
import dev.sluice.internal.testkit.TestLoops;
import dev.sluice.task.Action;
import dev.sluice.task.TaskGroup;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Exchanger;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A coroutine that blocks in the JDK's own ways works, and its neighbours run meanwhile.
@ExtendWith(Leaks.class)
class BlockingCallsTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    /// Two coroutines of one loop, of which the first blocks until the second has been there: a blocked loop
    /// would hang.
    abstract static class Meeting {
        abstract void block() throws Exception;

        abstract void release() throws Exception;

        void close() throws Exception {}
    }

    enum Blocking {
        SERVER_SOCKET_ACCEPT {
            @Override
            Meeting meeting() throws Exception {
                var server = new ServerSocket(0, 1, LOOPBACK);
                return new Meeting() {
                    @Override
                    void block() throws Exception {
                        server.accept().close();
                    }

                    @Override
                    void release() throws Exception {
                        new Socket(LOOPBACK, server.getLocalPort()).close();
                    }

                    @Override
                    void close() throws Exception {
                        server.close();
                    }
                };
            }
        },
        SOCKET_READ {
            @Override
            Meeting meeting() throws Exception {
                try (var server = new ServerSocket(0, 1, LOOPBACK)) {
                    var reader = new Socket(LOOPBACK, server.getLocalPort());
                    var writer = server.accept();
                    return new Meeting() {
                        @Override
                        void block() throws Exception {
                            assertThat(reader.getInputStream().read()).isEqualTo(7);
                        }

                        @Override
                        void release() throws Exception {
                            writer.getOutputStream().write(7);
                        }

                        @Override
                        void close() throws Exception {
                            reader.close();
                            writer.close();
                        }
                    };
                }
            }
        },
        SOCKET_WRITE {
            @Override
            Meeting meeting() throws Exception {
                try (var server = ServerSocketChannel.open().bind(new InetSocketAddress(LOOPBACK, 0))) {
                    var writer = SocketChannel.open(server.getLocalAddress());
                    var reader = server.accept();
                    int bytes = 16 << 20; // more than the kernel keeps
                    return new Meeting() {
                        @Override
                        void block() throws Exception {
                            var buffer = ByteBuffer.allocate(bytes);
                            while (buffer.hasRemaining()) {
                                writer.write(buffer);
                            }
                        }

                        @Override
                        void release() throws Exception {
                            var buffer = ByteBuffer.allocate(bytes);
                            while (buffer.hasRemaining()) {
                                reader.read(buffer);
                            }
                        }

                        @Override
                        void close() throws Exception {
                            reader.close();
                            writer.close();
                        }
                    };
                }
            }
        },
        DATAGRAM_RECEIVE {
            @Override
            Meeting meeting() throws Exception {
                var receiver = new DatagramSocket(0, LOOPBACK);
                return new Meeting() {
                    @Override
                    void block() throws Exception {
                        receiver.receive(new DatagramPacket(new byte[1], 1));
                    }

                    @Override
                    void release() throws Exception {
                        receiver.send(new DatagramPacket(new byte[1], 1, LOOPBACK, receiver.getLocalPort()));
                    }

                    @Override
                    void close() {
                        receiver.close();
                    }
                };
            }
        },
        NIO_PIPE {
            @Override
            Meeting meeting() throws Exception {
                Pipe pipe = Pipe.open();
                return new Meeting() {
                    @Override
                    void block() throws Exception {
                        assertThat(pipe.source().read(ByteBuffer.allocate(1))).isOne();
                    }

                    @Override
                    void release() throws Exception {
                        pipe.sink().write(ByteBuffer.allocate(1));
                    }

                    @Override
                    void close() throws Exception {
                        pipe.source().close();
                        pipe.sink().close();
                    }
                };
            }
        },
        REENTRANT_LOCK {
            @Override
            Meeting meeting() {
                var lock = new ReentrantLock();
                var condition = lock.newCondition();
                boolean[] met = {false};
                return new Meeting() {
                    @Override
                    void block() throws Exception {
                        lock.lock();
                        try {
                            while (!met[0]) {
                                condition.await();
                            }
                        } finally {
                            lock.unlock();
                        }
                    }

                    @Override
                    void release() {
                        lock.lock();
                        try {
                            met[0] = true;
                            condition.signal();
                        } finally {
                            lock.unlock();
                        }
                    }
                };
            }
        },
        MONITOR_WAIT {
            @Override
            Meeting meeting() {
                boolean[] met = {false};
                return new Meeting() {
                    @Override
                    void block() throws Exception {
                        synchronized (met) {
                            while (!met[0]) {
                                met.wait();
                            }
                        }
                    }

                    @Override
                    void release() {
                        synchronized (met) {
                            met[0] = true;
                            met.notifyAll();
                        }
                    }
                };
            }
        },
        MONITOR_ENTER {
            @Override
            Meeting meeting() {
                Object monitor = new Object();
                var inside = new CountDownLatch(1);
                var leave = new CountDownLatch(1);
                Thread.ofPlatform().start(() -> {
                    synchronized (monitor) {
                        inside.countDown();
                        awaitOrFail(leave);
                    }
                });
                awaitOrFail(inside);
                return new Meeting() {
                    @Override
                    void block() {
                        synchronized (monitor) {
                            assertThat(leave.getCount()).isZero();
                        }
                    }

                    @Override
                    void release() {
                        leave.countDown();
                    }
                };
            }
        },
        BLOCKING_QUEUE {
            @Override
            Meeting meeting() {
                var queue = new LinkedBlockingQueue<Integer>();
                return of(queue::take, () -> queue.put(1));
            }
        },
        SYNCHRONOUS_QUEUE {
            @Override
            Meeting meeting() {
                var queue = new SynchronousQueue<Integer>();
                return of(queue::take, () -> queue.put(1));
            }
        },
        SEMAPHORE {
            @Override
            Meeting meeting() {
                var semaphore = new Semaphore(0);
                return of(semaphore::acquire, semaphore::release);
            }
        },
        LATCH {
            @Override
            Meeting meeting() {
                var latch = new CountDownLatch(1);
                return of(latch::await, latch::countDown);
            }
        },
        BARRIER {
            @Override
            Meeting meeting() {
                var barrier = new CyclicBarrier(2);
                return of(barrier::await, barrier::await);
            }
        },
        PHASER {
            @Override
            Meeting meeting() {
                var phaser = new Phaser(2);
                return of(phaser::arriveAndAwaitAdvance, phaser::arriveAndAwaitAdvance);
            }
        },
        EXCHANGER {
            @Override
            Meeting meeting() {
                var exchanger = new Exchanger<Integer>();
                return of(() -> exchanger.exchange(1), () -> exchanger.exchange(2));
            }
        },
        COMPLETABLE_FUTURE {
            @Override
            Meeting meeting() {
                var future = new CompletableFuture<Integer>();
                return of(future::get, () -> future.complete(1));
            }
        },
        READ_WRITE_LOCK {
            @Override
            Meeting meeting() {
                var lock = new ReentrantReadWriteLock();
                var locked = new CountDownLatch(1);
                var released = new CountDownLatch(1);
                Thread.ofPlatform().start(() -> {
                    lock.writeLock().lock();
                    try {
                        locked.countDown();
                        awaitOrFail(released);
                    } finally {
                        lock.writeLock().unlock();
                    }
                });
                awaitOrFail(locked);
                return of(
                        () -> {
                            lock.readLock().lock();
                            try {
                                assertThat(released.getCount()).isZero();
                            } finally {
                                lock.readLock().unlock();
                            }
                        },
                        released::countDown);
            }
        },
        PIPED_STREAM {
            @Override
            Meeting meeting() throws Exception {
                var in = new PipedInputStream();
                var out = new PipedOutputStream(in);
                return of(in::read, () -> {
                    out.write(1);
                    out.flush();
                });
            }
        },
        THREAD_JOIN {
            @Override
            Meeting meeting() {
                var end = new CountDownLatch(1);
                Thread other = Thread.ofPlatform().start(() -> awaitOrFail(end));
                return of(other::join, end::countDown);
            }
        },
        PROCESS_WAIT {
            @Override
            Meeting meeting() throws Exception {
                Process cat = new ProcessBuilder("cat").start();
                return new Meeting() {
                    @Override
                    void block() throws Exception {
                        assertThat(cat.waitFor()).isZero();
                    }

                    @Override
                    void release() throws Exception {
                        cat.getOutputStream().close();
                    }

                    @Override
                    void close() throws Exception {
                        cat.getInputStream().close();
                        cat.getErrorStream().close();
                    }
                };
            }
        };

        abstract Meeting meeting() throws Exception;
    }

    private static Meeting of(Action<?> block, Action<?> release) {
        return new Meeting() {
            @Override
            void block() throws Exception {
                block.run();
            }

            @Override
            void release() throws Exception {
                release.run();
            }
        };
    }

    @ParameterizedTest
    @EnumSource
    void theNeighboursOfABlockedCoroutineRun(Blocking blocking) throws Exception {
        Meeting meeting = blocking.meeting();
        try {
            TestLoops.run(() -> {
                List<String> order = new ArrayList<>();
                try (var group = TaskGroup.open()) {
                    group.start("blocked", () -> {
                        synchronizedAdd(order, "blocks");
                        meeting.block();
                        synchronizedAdd(order, "goes on");
                    });
                    group.start("neighbour", () -> {
                        for (int turn = 0; turn < 10; turn++) {
                            Sluice.yield();
                        }
                        synchronizedAdd(order, "runs");
                        meeting.release();
                    });
                    group.join();
                }
                if (Loop.current().confined()) {
                    assertThat(order).containsExactly("blocks", "runs", "goes on");
                }
            });
        } finally {
            meeting.close();
        }
    }

    /// A hundred coroutines of two loops over one monitor and one lock, with suspensions inside both.
    @Test
    void contendedMonitorsAndLocksAcrossLoops() throws Exception {
        int coroutines = 50;
        int rounds = 20;
        int[] counts = {0, 0};
        var lock = new ReentrantLock();
        try (Loops loops = TestLoops.open(2)) {
            Sluice.callOn(loops.loop(0), "main", () -> {
                try (var group = TaskGroup.open()) {
                    for (int i = 0; i < coroutines; i++) {
                        group.startOn(loops.loop(i % 2), "contender", () -> contend(rounds, counts, lock));
                    }
                    return group.join();
                }
            });
        }
        assertThat(counts).containsExactly(coroutines * rounds, coroutines * rounds);
    }

    private static void contend(int rounds, int[] counts, ReentrantLock lock) {
        for (int round = 0; round < rounds; round++) {
            synchronized (counts) {
                int seen = counts[0];
                Sluice.yield();
                counts[0] = seen + 1;
            }
            lock.lock();
            try {
                int seen = counts[1];
                Sluice.yield();
                counts[1] = seen + 1;
            } finally {
                lock.unlock();
            }
        }
    }

    private static <T> void synchronizedAdd(List<T> list, T value) {
        synchronized (list) {
            list.add(value);
        }
    }

    private static void awaitOrFail(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}

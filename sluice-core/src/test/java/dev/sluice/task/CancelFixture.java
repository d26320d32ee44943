package dev.sluice.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.internal.testkit.Patience;
import dev.sluice.internal.testkit.TestLoops;
import dev.sluice.loop.Loop;
import dev.sluice.loop.Loops;
import dev.sluice.loop.LoopsConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What the waits of [CancelPoint] wait for. Made on a loop, in the task of the test.
final class CancelFixture {
    static final int PERMITS = 2;

    final Promise<String> promise = new Promise<>("never");
    final CompletableFuture<String> stage = new CompletableFuture<>();
    final SynchronousQueue<String> queue = new SynchronousQueue<>();
    final Loop other;

    private final TaskGroup<Object, ?> group;
    private @Nullable Task<String> stranger;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable CountDownLatch unlock;
    private final List<Task<?>> holders = new ArrayList<>();
    private final CountDownLatch giveBack = new CountDownLatch(1);
    private @Nullable Loops elsewhere;

    final AtomicBoolean leftElsewhere = new AtomicBoolean();

    /// @param group outside of what is cancelled
    CancelFixture(Loop other, TaskGroup<Object, ?> group) {
        this.other = other;
        this.group = group;
    }

    static LoopsConfig config() {
        return TestLoops.config(2).withOffloadThreads(PERMITS);
    }

    /// A task outside of the cancelled scope, which waits for the promise.
    synchronized Task<String> stranger() {
        if (stranger == null) {
            stranger = group.start("stranger", () -> promise.await());
        }
        return stranger;
    }

    ReentrantLock lockedByAThread() {
        if (unlock == null) {
            var locked = new CountDownLatch(1);
            var end = new CountDownLatch(1);
            Thread.ofPlatform().daemon().start(() -> {
                lock.lock();
                try {
                    locked.countDown();
                    awaitHere(end);
                } finally {
                    lock.unlock();
                }
            });
            awaitHere(locked);
            unlock = end;
        }
        return lock;
    }

    void unlock() {
        if (unlock != null) {
            unlock.countDown();
        }
    }

    /// Has tasks outside of the cancelled scope hold all threads for offloaded work.
    void takeAllPermits() throws InterruptedException {
        var taken = new CountDownLatch(PERMITS);
        for (int i = 0; i < PERMITS; i++) {
            holders.add(group.start(
                    "holder",
                    () -> Sluice.offload(() -> {
                        taken.countDown();
                        giveBack.await();
                    })));
        }
        taken.await();
    }

    void giveThePermitsBack() {
        giveBack.countDown();
        holders.forEach(Task::get);
    }

    /// Only as many at once as there are permits get past the barrier.
    void assertAllPermitsAreBack() throws Exception {
        var barrier = new CyclicBarrier(PERMITS);
        try (var users = TaskGroup.open()) {
            for (int i = 0; i < PERMITS; i++) {
                users.start(
                        "user",
                        () -> Sluice.offload(() -> {
                            assertThat(Thread.currentThread().isInterrupted()).isFalse();
                            barrier.await(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
                        }));
            }
            users.join();
        }
    }

    /// Runs a body on loops of another group.
    String elsewhere(String name, Call<String, RuntimeException> body) {
        if (elsewhere == null) {
            elsewhere = TestLoops.open(1);
        }
        return Sluice.callOn(elsewhere.loop(0), name, body);
    }

    void close() {
        promise.cancel("the test is over");
        stage.cancel(true);
        unlock();
        giveBack.countDown();
        Loops opened = elsewhere;
        if (opened != null) {
            Sluice.offload(() -> {
                opened.close();
            });
        }
    }

    private static void awaitHere(CountDownLatch latch) {
        try {
            assertThat(latch.await(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

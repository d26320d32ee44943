package dev.sluice.internal.strand;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cancel.CancelReason;
import dev.sluice.internal.access.Engines;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.testkit.Bounded;
import dev.sluice.internal.testkit.TestLoops;
import dev.sluice.internal.timer.Timer;
import dev.sluice.loop.Loops;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// A coroutine that cancels a tree of scopes holds a lock while it takes the next: it must not leave its loop
/// meanwhile, or the loop thread, which cancels by its timers, waits for it for ever.
class ScopeLockTest {
    private static final CancelReason WHY = new CancelReason.Requested("test", "enough");

    @Test
    void cancellingDoesNotSuspendBetweenItsLocks() throws Exception {
        VarHandle lock = MethodHandles.privateLookupIn(Scope.class, MethodHandles.lookup())
                .findVarHandle(Scope.class, "lock", byte.class);
        var root = new RootStrand();
        var outer = new Scope(root, root, false);
        root.link(outer);
        var inner = new Scope(outer, root, false);
        outer.link(inner);
        lock.setVolatile(inner, (byte) 1); // held by another thread, which the system does not let run

        Bounded.run(() -> {
            try (Loops loops = TestLoops.open(1)) {
                EventLoop loop = Engines.of(loops.loop(0));
                var timerFired = new CountDownLatch(1);
                var done = new CountDownLatch(2);
                loops.loop(0).execute(() -> {
                    var timer = new Timer() {
                        @Override
                        protected void expired() {
                            timerFired.countDown();
                            outer.cancel(WHY); // needs the lock that the coroutine holds
                            done.countDown();
                        }
                    };
                    loop.arm(timer); // due at once: the loop thread's next step, if the coroutine leaves it
                    outer.cancel(WHY);
                    done.countDown();
                });
                // Time for the coroutine to leave its loop, if it does; then the other thread goes on.
                timerFired.await(200, TimeUnit.MILLISECONDS);
                lock.setVolatile(inner, (byte) 0);
                done.await();
            }
        });
        assertThat(inner.reason()).isSameAs(WHY);
    }
}

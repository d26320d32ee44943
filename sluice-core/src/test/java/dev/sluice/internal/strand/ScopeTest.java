package dev.sluice.internal.strand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.cancel.CancelReason;
import dev.sluice.internal.testkit.Bounded;
import dev.sluice.internal.testkit.Leaks;
import dev.sluice.internal.testkit.Patience;
import dev.sluice.internal.testkit.TestLoops;
import dev.sluice.loop.Loop;
import dev.sluice.loop.Loops;
import dev.sluice.task.JoinPolicy;
import dev.sluice.task.Outcome;
import dev.sluice.task.TaskGroup;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Leaks.class)
class ScopeTest {
    private static final CancelReason WHY = new CancelReason.Requested("test", "enough");

    @Test
    void aChainOfAnyDepthIsCancelled() throws Exception {
        Bounded.run(() -> {
            Strand strand = Strand.current();
            Deque<Scope> entered = new ArrayDeque<>();
            for (int depth = 0; depth < 200_000; depth++) {
                entered.push(strand.enter(false));
            }

            assertThat(entered.getLast().cancel(WHY)).isTrue();

            assertThat(entered).allMatch(scope -> scope.reason() == WHY);
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
            entered.forEach(strand::leave);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            assertThat(strand.scope()).isSameAs(strand);
        });
    }

    @Test
    void aReasonGoesDownButNotIntoShieldsAndNotUp() throws Exception {
        Bounded.run(() -> {
            Strand strand = Strand.current();
            Scope above = strand.enter(false);
            Scope cancelled = strand.enter(false);
            Scope below = strand.enter(false);
            Scope shield = strand.enter(true);
            Scope inShield = strand.enter(false);

            assertThat(cancelled.cancel(WHY)).isTrue();
            assertThat(cancelled.cancel(new CancelReason.Requested("test", "again")))
                    .isFalse();

            assertThat(above.reason()).isNull();
            assertThat(cancelled.reason()).isSameAs(WHY);
            assertThat(below.reason()).isSameAs(WHY);
            assertThat(shield.reason()).isNull();
            assertThat(inShield.reason()).isNull();
            Scope later = strand.enter(false);
            assertThat(later.reason()).as("entered inside the shield").isNull();

            strand.leave(later);
            strand.leave(inShield);
            strand.leave(shield);
            Scope entered = strand.enter(false);
            assertThat(entered.reason()).as("entered in a cancelled scope").isSameAs(WHY);
            strand.leave(entered);
            strand.leave(below);
            strand.leave(cancelled);
            assertThat(cancelled.cancel(WHY)).as("left").isFalse();
            strand.leave(above);
            assertThat(above.cancel(WHY)).as("cancelled after it was left").isFalse();
            assertThat(above.reason()).isNull();
        });
    }

    @Test
    void whoLeavesAScopeLeavesThoseInside() throws Exception {
        Bounded.run(() -> {
            Strand strand = Strand.current();
            Scope outer = strand.enter(false);
            Scope inner = strand.enter(false);
            assertThatThrownBy(() -> strand.leave(outer))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("thread test-body left a scope around it without closing " + inner);
            assertThat(strand.scope()).isSameAs(strand);
            assertThat(inner.cancel(WHY)).as("left").isFalse();
        });
    }

    /// A coroutine that let its neighbours run while it waits for a second lock would leave the first one
    /// locked; its own loop thread may need that.
    @Test
    void whoHoldsALockDoesNotSuspendForTheNext() throws Exception {
        try (Loops loops = TestLoops.open(1)) {
            Loop loop = loops.loop(0);
            var word = new Word();
            SpinLock.lock(Word.LOCK, word);
            var waits = new CountDownLatch(1);
            List<String> order = new ArrayList<>();
            var done = new CompletableFuture<Boolean>();
            loop.execute(() -> {
                loop.execute(() -> {
                    order.add("neighbour");
                    done.complete(true);
                });
                waits.countDown();
                SpinLock.lockNested(Word.LOCK, word);
                order.add("locked");
                SpinLock.unlock(Word.LOCK, word);
            });
            Patience.await(waits, "the coroutine waits");
            for (int spin = 0; spin < 100_000; spin++) {
                Thread.onSpinWait(); // many times longer than it waits before it would yield
            }
            SpinLock.unlock(Word.LOCK, word);
            Patience.get(done);
            if (loop.confined()) {
                assertThat(order).containsExactly("locked", "neighbour");
            }
        }
    }

    private static final class Word {
        static final VarHandle LOCK;

        static {
            try {
                LOCK = MethodHandles.lookup().findVarHandle(Word.class, "lock", int.class);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        @SuppressWarnings("UnusedVariable") // through LOCK only
        private int lock;
    }

    /// A scope that fails where it must not, as the end of the memory may make it.
    private static final class Failing extends Scope {
        Failing(Strand strand) {
            super(strand.scope(), strand, false);
        }

        @Override
        protected void onCancelled() {
            throw new OutOfMemoryError("of the test, cancelled");
        }

        @Override
        protected void forgotten() {
            throw new OutOfMemoryError("of the test, forgotten");
        }
    }

    @Test
    void aScopeThatFailsWhenItIsCancelledKeepsNobodyFromIt() throws Exception {
        Bounded.run(() -> {
            Strand strand = Strand.current();
            Scope above = strand.enter(false);
            var failing = new Failing(strand);
            strand.enter(failing);
            Scope below = strand.enter(false);

            assertThatThrownBy(() -> above.cancel(WHY)).hasMessage("of the test, cancelled");

            assertThat(List.of(above, failing, below)).allMatch(scope -> scope.reason() == WHY);
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
            assertThat(above.cancel(WHY)).as("again").isFalse();
            strand.leave(below);
            strand.leave(failing);
            strand.leave(above);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        });
    }

    @Test
    void aTaskEndsAlthoughAScopeThatItForgotFails() throws Exception {
        TestLoops.run(() -> {
            try (var group = TaskGroup.open(JoinPolicy.collectAll())) {
                group.start("careless", () -> {
                    Strand strand = Strand.current();
                    strand.enter(new Failing(strand));
                });
                assertThat(group.join())
                        .singleElement()
                        .satisfies(outcome -> assertThat(outcome)
                                .isInstanceOfSatisfying(
                                        Outcome.Failed.class,
                                        failed -> assertThat(failed.failure().getSuppressed())
                                                .singleElement()
                                                .satisfies(failure ->
                                                        assertThat(failure).hasMessage("of the test, forgotten"))));
            }
        });
    }
}

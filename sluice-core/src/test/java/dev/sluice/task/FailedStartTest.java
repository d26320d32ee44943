package dev.sluice.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.internal.loop.LoopSeams;
import dev.sluice.internal.loop.ReadyQueue;
import dev.sluice.internal.testkit.Leaks;
import dev.sluice.internal.testkit.OnSeams;
import dev.sluice.loop.Loop;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A coroutine that cannot be started, for want of memory: whoever wanted it is told, and nobody waits for it.
@ExtendWith(Leaks.class)
@Tag("needs-opens") // else coroutines are not in the loop's queue
class FailedStartTest {
    private final Refusing ready = new Refusing();

    @Test
    void isNoTaskOfItsGroup() throws Exception {
        run(() -> {
            try (var group = TaskGroup.open(JoinPolicy.<Integer>allSuccessful())) {
                ready.refuse = true;
                assertThatThrownBy(() -> group.start("a", () -> 1)).isInstanceOf(OutOfMemoryError.class);
                group.start("b", () -> 2);
                assertThat(group.join()).containsExactly(2);
            }
        });
    }

    @Test
    void isNotWaitedForByAGroupThatIsClosed() throws Exception {
        run(() -> {
            var group = TaskGroup.open();
            ready.refuse = true;
            assertThatThrownBy(() -> group.start("a", () -> 1)).isInstanceOf(OutOfMemoryError.class);
            group.close();
        });
    }

    @Test
    void isNotWaitedForByItsLoops() throws Exception {
        run(() -> {
            Loop here = Loop.current();
            ready.refuse = true;
            assertThatThrownBy(() -> Sluice.callOn(here, "a", () -> 1)).isInstanceOf(OutOfMemoryError.class);
            ready.refuse = true;
            assertThatThrownBy(() -> here.execute(() -> {})).isInstanceOf(OutOfMemoryError.class);
        });
    }

    private void run(Action<?> body) throws Exception {
        OnSeams.run(
                real -> new LoopSeams(real.clock(), real.poller(), ready, real.timerShift(), real.random(), null),
                body);
    }

    /// Refuses the next coroutine when it is told to.
    private static final class Refusing extends ReadyQueue {
        private boolean refuse; // the loop only

        @Override
        public void add(Runnable continuation) {
            if (refuse) {
                refuse = false;
                throw new OutOfMemoryError("refused by the test");
            }
            super.add(continuation);
        }

        @Override
        public Runnable take() {
            return takeFirst();
        }
    }
}

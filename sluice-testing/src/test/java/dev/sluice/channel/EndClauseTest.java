package dev.sluice.channel;

import static dev.sluice.testing.Actors.await;
import static dev.sluice.testing.Actors.everywhere;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.task.CancelScope;
import dev.sluice.task.Outcome;
import dev.sluice.task.Promise;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import dev.sluice.testing.Simulated;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Waiting for the end of tasks and promises beside channels.
class EndClauseTest {
    private final Channel<Integer> never = Channel.rendezvous();

    @Test
    void aSourceThatIsSilentLearnsThatNobodyListens() {
        everywhere(actors -> {
            Channel<Integer> events = Channel.rendezvous();
            Channel<Integer> values = Channel.buffered(4);
            values.send(1);
            actors.start(() -> assertThat(
                            Select.<String>of(events.onReceived(r -> "event"), values.onClosed(() -> "nobody listens"))
                                    .await())
                    .isEqualTo("nobody listens"));
            await("it waits", () -> events.statistics().waitingReceivers() == 1);
            List<Integer> left = new ArrayList<>();
            values.cancel(left::add);
            actors.join();
            assertThat(left).containsExactly(1);
            assertThat(Select.<Boolean>of(values.onClosed(() -> true)).poll(() -> false))
                    .isTrue();
        });
    }

    @Test
    void theEndOfABroadcastIsAClause() {
        Broadcast<Integer> news = Broadcast.buffered(4);
        var select = Select.<Boolean>of(news.onClosed(() -> true));
        assertThat(select.poll(() -> false)).isFalse();
        news.fail(new IllegalStateException("cut off"));
        assertThat(select.await()).isTrue();
    }

    @Test
    void aPromiseEndsTheWait() {
        everywhere(actors -> {
            var promise = new Promise<String>("answer");
            var chosen = new AtomicReference<String>();
            actors.start(() ->
                    chosen.set(Select.<String>of(never.onReceived(r -> "value"), promise.onEnd(EndClauseTest::describe))
                            .await()));
            await("the select waits", () -> never.statistics().waitingReceivers() == 1);
            promise.complete("42");
            actors.join();
            assertThat(chosen.get()).isEqualTo("42");
            assertThat(never.statistics().waitingReceivers()).isZero();
        });
    }

    @Test
    void whatHasEndedIsChosenAtOnceAndAgain() {
        var failed = new Promise<String>("failed");
        failed.fail(new IllegalStateException("broken"));
        var select = Select.<String>of(never.onReceived(r -> "value"), failed.onEnd(EndClauseTest::describe));
        assertThat(select.poll(() -> "nothing")).isEqualTo("failed: broken");
        assertThat(select.await()).isEqualTo("failed: broken");
    }

    @Test
    void aValueThatComesFirstLeavesThePromiseAlone() {
        everywhere(actors -> {
            Channel<Integer> channel = Channel.rendezvous();
            var promise = new Promise<String>("later");
            var chosen = new AtomicReference<String>();
            actors.start(() -> chosen.set(
                    Select.<String>of(promise.onEnd(EndClauseTest::describe), channel.onReceived(r -> "value"))
                            .await()));
            await("the select waits", () -> channel.statistics().waitingReceivers() == 1);
            channel.send(1);
            actors.join();
            assertThat(chosen.get()).isEqualTo("value");
            assertThat(promise.complete("late")).isTrue();
        });
    }

    @Test
    void aCancelledWaitLeavesThePromiseAlone() {
        everywhere(actors -> {
            Channel<Integer> channel = Channel.rendezvous();
            var promise = new Promise<String>("never");
            var scope = new AtomicReference<CancelScope>();
            actors.start(() -> assertThat(CancelScope.run(own -> {
                        scope.set(own);
                        Select.<String>of(channel.onReceived(r -> ""), promise.onEnd(EndClauseTest::describe))
                                .await();
                    }))
                    .isFalse());
            await("the select waits", () -> channel.statistics().waitingReceivers() == 1);
            scope.get().cancel("enough");
            actors.join();
            assertThat(promise.isDone()).isFalse();
        });
    }

    @Tag("needs-opens")
    @Simulated(seeds = 50)
    void theFirstOfSeveralTasksIsChosen() {
        try (var group = TaskGroup.open()) {
            Task<String> slow = group.start("slow", () -> endAfter(2));
            Task<String> fast = group.start("fast", () -> endAfter(1));
            var select = Select.<String>of(slow.onEnd(EndClauseTest::describe), fast.onEnd(EndClauseTest::describe));
            assertThat(select.await()).isEqualTo("after 1");
            assertThat(slow.isDone()).isFalse();
            slow.cancel("not needed");
            assertThat(slow.outcome()).isInstanceOf(Outcome.Cancelled.class);
            assertThat(Select.<String>of(slow.onEnd(EndClauseTest::describe)).await())
                    .isEqualTo("cancelled");
        }
    }

    private static String endAfter(int seconds) {
        Sluice.sleep(Duration.ofSeconds(seconds));
        return "after " + seconds;
    }

    private static String describe(Outcome<String> outcome) {
        return switch (outcome) {
            case Outcome.Succeeded<String>(String value) -> value;
            case Outcome.Failed<String>(Throwable failure) -> "failed: " + failure.getMessage();
            case Outcome.Cancelled<String> cancelled -> "cancelled";
        };
    }
}

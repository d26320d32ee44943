package dev.sluice.guide;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.channel.Broadcast;
import dev.sluice.channel.Channel;
import dev.sluice.channel.ChannelFailedException;
import dev.sluice.channel.Clause;
import dev.sluice.channel.Offer;
import dev.sluice.channel.Received;
import dev.sluice.channel.Select;
import dev.sluice.channel.Ticker;
import dev.sluice.task.Deadline;
import dev.sluice.task.Outcome;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ChannelsGuideTest {
    @Test
    void tryForms() {
        // tag::try
        Channel<String> channel = Channel.buffered(1);
        Offer first = channel.trySend("a"); // SENT
        Offer second = channel.trySend("b"); // FULL
        String seen = switch (channel.tryReceive()) {
            case Received.Value<String>(var value) -> value;
            case Received.Empty<String>() -> "nothing now";
            case Received.Done<String>() -> "nothing any more";
            case Received.Failed<String>(var cause) -> "failed: " + cause;
        };
        // end::try
        assertThat(List.of(first, second)).containsExactly(Offer.SENT, Offer.FULL);
        assertThat(seen).isEqualTo("a");
    }

    @Test
    void deadlines() {
        Channel<String> channel = Channel.rendezvous();
        // tag::deadline
        boolean sent = Deadline.after(ofMillis(20)).tryRun(() -> channel.send("anybody?"));
        // end::deadline
        assertThat(sent).isFalse();
        assertThat(channel.tryReceive()).isEqualTo(new Received.Empty<>());
    }

    @Test
    void theEnd() {
        // tag::end
        Channel<Integer> rows = Channel.buffered(8);
        rows.send(1);
        rows.fail(new IllegalStateException("the file is cut off"));
        int row = rows.receive(); // what was sent comes first
        assertThatThrownBy(rows::receive).isInstanceOf(ChannelFailedException.class);
        // end::end
        assertThat(row).isEqualTo(1);
    }

    @Test
    void giveBack() {
        List<String> files = new ArrayList<>();
        Channel<String> channel = Channel.buffered(8);
        channel.send("a");
        // tag::cancel
        channel.cancel(file -> files.add(file)); // values that nobody will receive
        // end::cancel
        assertThat(files).containsExactly("a");
    }

    @Test
    void selectOfTaskAndTimeout() {
        Sluice.run(() -> {
            try (var group = TaskGroup.open()) {
                Channel<String> lines = Channel.rendezvous();
                // tag::select
                Task<Integer> answer = group.start("answer", () -> 42);
                String what = Select.<String>of(
                                lines.onReceived(line -> "a line"),
                                answer.onEnd(end ->
                                        end instanceof Outcome.Succeeded<Integer>(var n) ? "got " + n : "failed"),
                                Clause.afterwards(ofSeconds(5), () -> "late"))
                        .await();
                // end::select
                assertThat(what).isEqualTo("got 42");
                group.join();
            }
        });
    }

    @Test
    void ticks() {
        List<Long> seen = new ArrayList<>();
        Sluice.run(() -> {
            // tag::ticker
            try (Ticker ticker = Ticker.every(ofMillis(5))) {
                for (long tick : ticker.ticks()) {
                    seen.add(tick); // how many periods have passed
                    if (tick >= 3) {
                        break;
                    }
                }
            }
            // end::ticker
        });
        assertThat(seen).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void delays() {
        List<String> seen = new ArrayList<>();
        Sluice.run(() -> {
            // tag::delayed
            Channel<String> retries = Channel.delayed(16, job -> ofMillis(job.length()));
            retries.send("a long job");
            retries.send("short");
            retries.close();
            retries.forEach(seen::add); // those that are due, the earliest first
            // end::delayed
        });
        assertThat(seen).containsExactlyInAnyOrder("short", "a long job");
    }

    @Test
    void broadcast() {
        // tag::broadcast
        Broadcast<Integer> prices = Broadcast.buffered(2);
        try (var screen = prices.subscribe(Broadcast.Lag.DROP_OLDEST);
                var alarm = prices.subscribe(Broadcast.Lag.FAIL)) {
            for (int price = 1; price <= 5; price++) {
                prices.send(price);
            }
            assertThat(screen.receive()).isEqualTo(4); // 1, 2 and 3 are lost
            assertThat(screen.statistics().dropped()).isEqualTo(3);
            assertThatThrownBy(alarm::receive).isInstanceOf(Broadcast.LaggedException.class);
        }
        // end::broadcast
    }
}

package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.Channel;
import dev.sluice.channel.Clause;
import dev.sluice.channel.Received;
import dev.sluice.channel.Select;
import dev.sluice.internal.strand.Strand;
import dev.sluice.task.TaskGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What comes for a select whose places stay in the queues, after it has looked and before it waits.
@Tag("needs-opens")
class StandingSelectRaceTest {
    private static final int MANY = 20;

    /// Which suspension of an `await` begins its wait; the one before looks for a cancellation.
    private static final int HAS_LOOKED = 2;

    @Test
    void aValueIsFound() {
        assertThat(await(channel -> channel.trySend(7))).isEqualTo(7);
    }

    @Test
    void anEndIsFound() {
        assertThat(await(Channel::close)).isEqualTo(-1);
    }

    @Test
    void whatHasGoneAgainIsNotWaitedForInVain() {
        assertThat(await(channel -> {
                    channel.trySend(7);
                    assertThat(channel.tryReceive()).isEqualTo(new Received.Value<>(7));
                }))
                .isEqualTo(8);
    }

    /// @param comes what happens to one of the channels; behind it, once the select waits, comes an 8
    private static int await(Consumer<Channel<Integer>> comes) {
        int[] got = {0};
        Simulation simulation = Simulation.seed(1);
        simulation.run(() -> {
            List<Channel<Integer>> channels = IntStream.range(0, MANY)
                    .mapToObj(i -> Channel.<Integer>buffered(1))
                    .toList();
            List<Clause<Integer>> clauses = new ArrayList<>();
            channels.forEach(channel -> clauses.add(channel.onReceived(
                    received -> received instanceof Received.Value<Integer>(Integer value) ? value : -1)));
            Select<Integer> select = Select.of(clauses);
            for (int use = 0; use < 2; use++) { // from the second on the places stay
                assertThat(select.poll(() -> -2)).isEqualTo(-2);
            }
            try (var group = TaskGroup.open()) {
                group.start("sender", () -> channels.get(3).trySend(8));
                var comer = new Comer(() -> comes.accept(channels.get(3)));
                simulation.world().inject(comer);
                got[0] = select.await();
                simulation.world().inject(null);
                assertThat(comer.suspensions).isGreaterThanOrEqualTo(HAS_LOOKED);
                group.join();
            }
        });
        return got[0];
    }

    /// Does something when a select has looked.
    ///
    /// Threads: the loop thread.
    private static final class Comer implements Injection {
        private final Runnable action;
        private int suspensions;

        Comer(Runnable action) {
            this.action = action;
        }

        @Override
        public void suspending(Strand strand) {
            if (++suspensions == HAS_LOOKED) {
                action.run();
            }
        }

        @Override
        public void stepping(Member member) {}

        @Override
        public void stepped(Member member) {}
    }
}

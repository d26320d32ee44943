package dev.sluice.channel;

import static dev.sluice.testing.Actors.await;
import static java.time.Duration.ofHours;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.loop.Loop;
import dev.sluice.task.Deadline;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Selects over many channels that nobody can reach any more leave nothing in the channels, also where no other select
/// comes and nobody sends.
class ForgottenSelectTest {
    private static final int SELECTS = 3_000;

    @Test
    void placesGoWhenTheLoopRests() {
        placesGo(Channel::rendezvous);
    }

    @Test
    void placesInConfinedChannelsGoWhenTheLoopRests() {
        placesGo(() -> Channel.<Integer>rendezvous().confined());
    }

    private static void placesGo(Supplier<Channel<Integer>> kind) {
        Sluice.run(() -> {
            Loop loop = Loop.current();
            List<Channel<Integer>> channels = IntStream.range(0, StandingSelect.LEAST)
                    .mapToObj(i -> kind.get())
                    .toList();
            Select<Integer> kept = standing(channels);
            for (int i = 0; i < SELECTS; i++) {
                standing(channels);
            }
            Sluice.offload(() -> await("forgotten places are taken out", () -> {
                System.gc();
                // The deadline gives the loop something to do, also where coroutines run elsewhere.
                return Sluice.callOn(
                        loop, "look", () -> Deadline.after(ofHours(1)).call(() -> onlyOneIn(channels)));
            }));
            assertThat(kept.poll(() -> -2)).isEqualTo(-2);
            assertThat(onlyOneIn(channels)).isTrue();
        });
    }

    private static boolean onlyOneIn(List<Channel<Integer>> channels) {
        return channels.stream()
                .allMatch(channel -> ((LockedChannel<?>) channel).receivers().size() == 1);
    }

    /// A select that has been used, so that its places stay.
    private static Select<Integer> standing(List<Channel<Integer>> channels) {
        List<Clause<Integer>> clauses = channels.stream()
                .map(channel -> channel.<Integer>onReceived(received -> 1))
                .toList();
        Select<Integer> select = Select.of(clauses);
        assertThat(select.poll(() -> -2)).isEqualTo(-2);
        assertThat(select.poll(() -> -2)).isEqualTo(-2);
        return select;
    }
}

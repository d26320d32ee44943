package dev.sluice.internal.shm;

import static dev.sluice.internal.shm.Shared.PLAIN;
import static dev.sluice.internal.shm.Shared.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.internal.shm.SharedFileException.Problem;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ParticipantsTest {
    private static final int MOST = 3;

    @RegisterExtension
    final Shared shared = new Shared();

    private SharedFile open() throws IOException {
        return SharedFile.open(shared.directory(), "a", request(MOST), PLAIN);
    }

    private SharedFile joined(SharedFile.Remains remains) throws IOException {
        SharedFile file = open();
        file.join(remains);
        return file;
    }

    private SharedFile joined() throws IOException {
        return joined(_ -> () -> {});
    }

    @Test
    void aLivingOneIsNotDeadAndOneThatLeftIs() throws IOException {
        try (SharedFile one = joined()) {
            SharedFile other = joined();
            int stamp = other.participants().stamp();
            assertThat(one.participants().dead(stamp)).isFalse();
            assertThat(other.participants().dead(stamp)).as("by itself").isFalse();
            other.close();
            assertThat(one.participants().dead(stamp)).isTrue();
            assertThat(one.participants().buried(stamp)).isTrue();
        }
    }

    @Test
    void oneThatWasKilledIsDeadAndSweptOnce() throws IOException {
        AtomicInteger released = new AtomicInteger();
        SharedFile other = joined();
        int stamp = other.participants().stamp();
        SharedFile one = joined(file -> () -> {
            assertThat(file.participants().buried(stamp)).isTrue();
            released.incrementAndGet();
        });
        other.abandon();
        assertThat(one.participants().buried(stamp)).isFalse();
        assertThat(one.participants().dead(stamp)).isTrue();
        assertThat(one.sweep()).isTrue();
        assertThat(one.sweep()).isFalse();
        assertThat(released).hasValue(1);
        one.close();
    }

    @Test
    void theEntriesOfTheDeadAreUsedAgainUnderAnotherStamp() throws IOException {
        AtomicInteger released = new AtomicInteger();
        SharedFile kept = joined();
        for (int i = 0; i < 10 * MOST; i++) {
            SharedFile killed = joined(_ -> released::incrementAndGet);
            int stamp = killed.participants().stamp();
            killed.abandon();
            assertThat(kept.participants().dead(stamp)).isTrue();
        }
        assertThat(released.get()).isPositive();
        kept.close();
    }

    @Test
    void refusesOneTooMany() throws IOException {
        SharedFile[] all = new SharedFile[MOST];
        for (int i = 0; i < MOST; i++) {
            all[i] = joined();
        }
        assertThatExceptionOfType(SharedFileException.class)
                .isThrownBy(this::joined)
                .withMessageContaining("participants=3")
                .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.CROWDED));
        all[1].close();
        SharedFile again = joined();
        assertThat(again.participants().living()).hasSize(MOST);
        assertThat(again.participants().living().getFirst().pid())
                .isEqualTo((int) ProcessHandle.current().pid());
        all[0].close();
        all[2].close();
        again.close();
    }

    @Test
    void whoFindsNoPlaceAndClosesTakesNobodysAway() throws IOException {
        SharedFile[] all = {joined(), joined(), joined()};
        SharedFile refused = open();
        assertThatExceptionOfType(SharedFileException.class).isThrownBy(() -> refused.join(_ -> () -> {}));
        refused.close();
        assertThat(all[0].participants().living()).hasSize(MOST);
        for (SharedFile each : all) {
            each.close();
        }
    }

    @Test
    void closingAnotherDescriptorOfTheFileChangesNothing() throws IOException {
        try (SharedFile one = joined();
                SharedFile other = joined()) {
            new FileInputStream(shared.directory().pathOf("a")).close(); // a POSIX lock would be gone now
            assertThat(one.participants().dead(other.participants().stamp())).isFalse();
        }
    }

    @Test
    void generationsBeginAgainAtOne() throws IOException {
        try (SharedFile one = joined()) {
            int first = joined(one);
            one.memory().putLongVolatile(Participants.OFFSET + Participants.ENTRY_BYTES, 0xfffe_0000L);
            assertThat(joined(one) & 0xffff).isEqualTo(0xffff);
            assertThat(joined(one)).isEqualTo(first);
        }
    }

    private int joined(SharedFile beside) throws IOException {
        try (SharedFile file = joined()) {
            assertThat(beside.participants().dead(file.participants().stamp())).isFalse();
            return file.participants().stamp();
        }
    }
}

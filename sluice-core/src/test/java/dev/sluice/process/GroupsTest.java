package dev.sluice.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.internal.testkit.Patience;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GroupsTest {
    private static final int NOBODYS = 999_999_999;

    @Test
    void whoAsksIsAnsweredWhateverTheOthersDoWithTheirAnswers() throws Exception {
        var asked = new CountDownLatch(1);
        var later = new CompletableFuture<Boolean>();
        var told = new AtomicBoolean();
        Groups.ask(NOBODYS, alive -> {
            told.set(true);
            try {
                Patience.await(asked, "somebody else asks meanwhile");
            } catch (InterruptedException impossible) {
                throw new AssertionError(impossible);
            }
            throw new IllegalStateException("thrown by the test");
        });
        Patience.until("the first is being told", told::get);
        Groups.ask(NOBODYS, later::complete);
        asked.countDown();
        assertThat(Patience.get(later)).isFalse();
    }

    @Test
    void aLivingProcessIsOfItsGroup() {
        assertThat(Groups.groupOfLiving("12 (a) b) c) S 1 34 56 0 -1\n")).hasValue(34);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"12 (a) Z 1 34 56", "12 (a) X 1 34 56", "", "12", "12 (a)", "12 (a) S", "12 (a) S 1 x 5", ")"})
    void theDeadAndWhatIsNoProcessAreOfNone(String line) {
        assertThat(Groups.groupOfLiving(line)).isEmpty();
    }
}

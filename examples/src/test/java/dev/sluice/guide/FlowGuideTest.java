package dev.sluice.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.flow.Pipeline;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FlowGuideTest {
    // tag::stage
    static Pipeline<Integer> differences(Pipeline<Integer> numbers) {
        return Pipeline.generate(out -> {
            int[] last = {0};
            numbers.forEach(number -> {
                out.yield(number - last[0]);
                last[0] = number;
            });
        });
    }
    // end::stage

    @Test
    void aStageOfYourOwn() {
        assertThat(differences(Pipeline.of(List.of(3, 5, 4))).toList()).containsExactly(3, 2, -1);
    }
}

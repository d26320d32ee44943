package dev.sluice.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.channel.Receiver;
import dev.sluice.flow.Bridge;
import dev.sluice.flow.Pipeline;
import dev.sluice.task.TaskGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.SubmissionPublisher;
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

    @Test
    void publishersOfOthers() {
        Sluice.run(() -> {
            List<Integer> seen = new ArrayList<>();
            // tag::bridge
            var prices = new SubmissionPublisher<Integer>(); // of the JDK
            try (var group = TaskGroup.open()) {
                Receiver<Integer> received = Bridge.receiver(group, prices, 64);
                List.of(3, 5, 4).forEach(prices::submit);
                prices.close();
                Pipeline.of(received).map(price -> price * 2).forEach(seen::add);
                group.join();
            }
            // end::bridge
            assertThat(seen).containsExactly(6, 10, 8);
        });
    }
}

package dev.sluice.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.testing.Simulated;
import dev.sluice.testing.Simulation;
import org.junit.jupiter.api.Tag;

/// Task locals and scoped values while tasks take turns.
@Tag("needs-opens")
class TaskLocalTest {
    private static final TaskLocal<String> USER = new TaskLocal<>("user");
    private static final ScopedValue<String> SCOPED = ScopedValue.newInstance();

    @Simulated
    void childrenSeeWhatWasBoundAtTheirStartAndBindForThemselves(Simulation simulation) {
        try (var group = TaskGroup.open()) {
            for (int i = 0; i < 5; i++) {
                String user = "user-" + i;
                USER.run(
                        user,
                        () -> group.start("t" + user, () -> {
                            for (int turn = 0; turn < simulation.random().nextInt(5); turn++) {
                                Sluice.yield();
                            }
                            assertThat(USER.get()).isEqualTo(user);
                            USER.run("inner", () -> {
                                Sluice.yield();
                                assertThat(USER.get()).isEqualTo("inner");
                                assertThat(Sluice.<String, RuntimeException>offload(USER::get))
                                        .isEqualTo("inner");
                            });
                            assertThat(USER.get()).isEqualTo(user);
                        }));
            }
            group.join();
        }
        assertThat(USER.find()).isEmpty();
        assertThatThrownBy(USER::get)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("get task local user: not bound in main");
    }

    @Simulated
    void scopedValuesBoundAtTheStartAreSeenByChildren() throws Exception {
        ScopedValue.where(SCOPED, "outer").call(() -> {
            try (var group = TaskGroup.open()) {
                group.start("child", () -> {
                    Sluice.yield();
                    assertThat(SCOPED.get()).isEqualTo("outer");
                    ScopedValue.where(SCOPED, "inner").run(() -> {
                        Sluice.yield();
                        assertThat(SCOPED.get()).isEqualTo("inner");
                    });
                });
                group.start("sibling", () -> {
                    Sluice.yield();
                    assertThat(SCOPED.get()).isEqualTo("outer");
                });
                group.join();
            }
            return SCOPED.get();
        });
        assertThat(SCOPED.isBound()).isFalse();
    }
}

package dev.sluice.internal.strand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.task.CancelScope;
import dev.sluice.task.TaskGroup;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OwnedTest {
    private final List<String> events = new ArrayList<>();

    private final class Thing extends Owned {
        private final String name;

        Thing(String name) {
            super(Strand.current());
            this.name = name;
            begin();
        }

        void finish() {
            release();
        }

        @Override
        protected void onCancelled() {
            events.add(name + " cancelled");
        }

        @Override
        protected void end() {
            events.add(name + " ended");
        }

        @Override
        public String toString() {
            return name;
        }
    }

    @Test
    void endsWithTheScopeTheNewestFirst() {
        Sluice.run(() -> {
            CancelScope.run(scope -> {
                new Thing("a");
                new Thing("b");
            });
            events.add("left");
        });
        assertThat(events).containsExactly("b ended", "a ended", "left");
    }

    @Test
    void endsWithTheTaskBeforeAnybodySeesItsOutcome() {
        Sluice.run(() -> {
            try (var group = TaskGroup.open()) {
                var task = group.start("owner", () -> {
                    new Thing("a");
                });
                task.get();
                events.add("task done");
                group.join();
            }
        });
        assertThat(events).containsExactly("a ended", "task done");
    }

    @Test
    void isLeftAloneOnceItHasEndedByItself() {
        Sluice.run(() -> {
            CancelScope.run(scope -> {
                Thing a = new Thing("a");
                a.finish();
                a.finish();
                scope.cancel("too late for a");
            });
        });
        assertThat(events).isEmpty();
    }

    @Test
    void hearsOfTheCancellationAtOnce() {
        Sluice.run(() -> {
            CancelScope.run(scope -> {
                new Thing("a");
                scope.cancel("test");
                events.add("goes on");
                CancelScope.checkpoint();
            });
        });
        assertThat(events).containsExactly("a cancelled", "goes on", "a ended");
    }

    @Test
    void isEndedAlsoWhenTheBodyFails() {
        assertThatThrownBy(() -> Sluice.run(() -> {
                    new Thing("a");
                    throw new IllegalStateException("body");
                }))
                .hasMessage("body");
        assertThat(events).containsExactly("a ended");
    }
}

package dev.sluice.cli.space;

import dev.sluice.task.Deadline;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The option `--wait` of commands that wait for one thing after the other.
///
/// Threads: that of its command.
final class Patience {
    @Option(
            names = "--wait",
            paramLabel = "TIME",
            converter = Items.Wait.class,
            description = "How long to wait for each, like 500ms, 2s, 1h or 0; as long as it takes by default.")
    private @Nullable Duration wait;

    /// The next thing, or what `poll` says when nothing has come in time. What is there already has come, also
    /// within 0.
    ///
    /// @param poll what there is at once
    /// @param nothing whether that is nothing
    /// @param next waits
    <T> T await(Supplier<T> poll, Predicate<T> nothing, Supplier<T> next) {
        Duration limit = wait;
        if (limit == null) {
            return next.get();
        }
        var found = new AtomicReference<>(poll.get());
        if (nothing.test(found.get())) {
            Deadline.after(limit).tryRun(() -> found.set(next.get()));
        }
        return found.get();
    }
}

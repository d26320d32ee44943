package dev.sluice.cli.map;

import dev.sluice.Sluice;
import dev.sluice.cli.command.UserLocale;
import dev.sluice.io.ByteSource;
import dev.sluice.io.StreamException;
import dev.sluice.process.Child;
import dev.sluice.process.Command;
import dev.sluice.process.Exit;
import dev.sluice.process.ProcessStartException;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One run of the command for one item: starts it, moves what it prints into the window, waits for its end.
///
/// The attempt is over when the program has ended and both its outputs are closed, as for a pipeline in a
/// shell; what it leaves in its process group is ended with it.
///
/// A time-out ends the program and lets the outputs be read on, so that what it had printed is not lost. Who
/// still holds them after that has left the group; then they are cut.
///
/// Threads: one worker; the standard error is read by a task of its own.
final class Attempt {
    /// From TERM to KILL.
    static final Duration GRACE = Duration.ofSeconds(2);

    /// From the end of the group to the cut of outputs that somebody else holds open.
    private static final Duration LINGER = Duration.ofMillis(500);

    private final Plan plan;
    private final Window window;
    private final Slot slot;
    private final byte[][] buffers;
    private final ResultsDirectory.@Nullable Entry results;

    /// The time was up. Written by the watch, read when it has ended.
    private volatile boolean late;

    Attempt(Plan plan, Window window, Slot slot, byte[][] buffers, ResultsDirectory.@Nullable Entry results) {
        this.plan = plan;
        this.window = window;
        this.slot = slot;
        this.buffers = buffers;
        this.results = results;
    }

    /// Runs it.
    ///
    /// @throws IOException if what it printed could not be kept
    Ending run(List<byte[]> words) throws IOException {
        Ending never = cannotStart(slot.item);
        if (never != null) {
            return never;
        }
        Child child;
        try {
            child = UserLocale.of(Command.ofBytes(words)).grace(GRACE).start();
        } catch (ProcessStartException e) {
            return notStarted(words.getFirst(), e);
        }
        try (child) {
            Exit exit = follow(child);
            return late ? new Ending.TimedOut(plan.timeout()) : ending(exit);
        }
    }

    private Exit follow(Child child) throws IOException {
        return TaskGroup.call(group -> {
            Task<Void> watch = plan.timed() ? group.start("timeout", () -> watch(child)) : null;
            Task<Void> errors = group.start("stderr", () -> pump(child.stderr(), Slot.STDERR));
            pump(child.stdout(), Slot.STDOUT);
            errors.get();
            Exit exit = child.exit();
            if (watch != null) {
                watch.cancel("the program has ended");
            }
            return exit;
        });
    }

    private void watch(Child child) throws IOException {
        Sluice.sleep(plan.timeout());
        late = true;
        child.terminate(GRACE);
        Sluice.sleep(LINGER);
        child.close();
    }

    private void pump(ByteSource source, int stream) throws IOException {
        byte[] buffer = buffers[stream];
        while (true) {
            int length = read(source, buffer);
            if (length < 0) {
                window.giveBack(buffer);
                return;
            }
            if (results != null) {
                results.write(stream, buffer, length);
            }
            boolean full = length == buffer.length;
            buffer = window.append(slot, stream, buffer, length);
            if (full && buffer.length < SpillFile.BLOCK) {
                buffer = window.buffer();
            }
        }
    }

    private int read(ByteSource source, byte[] buffer) throws IOException {
        try {
            return source.read(buffer, 0, buffer.length);
        } catch (StreamException e) {
            if (late) {
                return -1; // cut by the watch
            }
            throw e;
        }
    }

    /// Why there is nothing to be done with an item, or null.
    static @Nullable Ending cannotStart(Item item) {
        if (item.tooLong()) {
            return new Ending.NotStarted(
                    Ending.NOT_RUN,
                    "the item is longer than " + ItemSplitter.LONGEST + " bytes, more than any argument");
        }
        for (int i = 0; i < item.bytes().length; i++) {
            if (item.bytes()[i] == 0) {
                return new Ending.NotStarted(
                        Ending.NOT_RUN, "the item has a NUL, which no argument can; did you mean -0?");
            }
        }
        return null;
    }

    private static Ending notStarted(byte[] program, ProcessStartException failure) {
        return switch (failure.error().orElse("")) {
            case "ENOENT" ->
                ProgramSearch.find(program, System.getenv("PATH")) == ProgramSearch.Found.NO
                        ? new Ending.NotStarted(Ending.NOT_FOUND, "command not found")
                        : new Ending.NotStarted(Ending.NOT_RUN, "its interpreter was not found, see its line #!");
            case "EACCES" -> new Ending.NotStarted(Ending.NOT_RUN, "permission denied");
            case "E2BIG" -> new Ending.NotStarted(Ending.NOT_RUN, "argument list too long (E2BIG)");
            case "ENOEXEC" -> new Ending.NotStarted(Ending.NOT_RUN, "not a program (ENOEXEC): a script without #! ?");
            default -> new Ending.NotStarted(Ending.NOT_RUN, String.valueOf(failure.getMessage()));
        };
    }

    private static Ending ending(Exit exit) {
        return switch (exit) {
            case Exit.Exited(int code) -> code == 0 ? Ending.Exited.SUCCESS : new Ending.Exited(code);
            case Exit.Signalled signalled -> new Ending.Signalled(signalled.signal(), signalled.signalName());
        };
    }
}

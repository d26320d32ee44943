package dev.sluice.process;

import dev.sluice.cancel.CancelledException;
import dev.sluice.io.ByteSource;
import dev.sluice.io.LimitExceededException;
import dev.sluice.io.StreamException;
import dev.sluice.task.TaskFailedException;
import dev.sluice.task.TaskGroup;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// One run of a program with its outputs collected, both at once, so that a full pipe never holds it up.
///
/// Threads: the caller's task, and a task of its own for standard error.
final class Collection {
    private static final int CHUNK = 1 << 13;

    private final Command command;
    private final long limit;
    private final ByteArrayOutputStream stdout = new ByteArrayOutputStream(0);
    private final ByteArrayOutputStream stderr = new ByteArrayOutputStream(0);
    /// Set by the task that reads too much, before it closes the child; pairs with the read of the other, whose
    /// stream was closed by that.
    private volatile @Nullable LimitExceededException exceeded;

    Collection(Command command, long limit) {
        this.command = command;
        this.limit = limit;
    }

    ProcessResult run() throws IOException {
        Child child = command.start();
        try (child) {
            collect(child);
            LimitExceededException tooMuch = exceeded;
            if (tooMuch != null) {
                throw tooMuch;
            }
            return result(child.exit());
        } catch (CancelledException | LimitExceededException failure) {
            Exit exit = child.terminate(command.grace());
            failure.addSuppressed(new ProcessFailedException(command.toString(), result(exit)));
            throw failure;
        }
    }

    void collect(Child child) throws IOException {
        boolean out = command.stdout.kind == Output.Kind.PIPED;
        boolean err = command.stderr.kind == Output.Kind.PIPED;
        if (out && err) {
            collectBoth(child);
        } else if (out) {
            drain(child, child.stdout(), stdout);
        } else if (err) {
            drain(child, child.stderr(), stderr);
        }
    }

    private void collectBoth(Child child) throws IOException {
        try {
            TaskGroup.run(group -> {
                group.start("stderr of " + command, () -> drain(child, child.stderr(), stderr));
                drain(child, child.stdout(), stdout);
            });
        } catch (TaskFailedException failed) {
            if (failed.getCause() instanceof IOException unreadable) {
                throw unreadable;
            }
            throw failed;
        }
    }

    /// Reads to the end, or to the limit: then the program is ended, and with it the other stream.
    private void drain(Child child, ByteSource source, ByteArrayOutputStream into) throws IOException {
        byte[] chunk = new byte[CHUNK];
        try {
            for (int n; (n = source.read(chunk, 0, chunk.length)) >= 0; ) {
                int room = (int) Math.min(n, limit - into.size());
                into.write(chunk, 0, room);
                if (room < n) {
                    exceeded = new LimitExceededException("read " + source, limit);
                    child.close();
                    return;
                }
            }
        } catch (StreamException failed) {
            if (exceeded == null) {
                throw failed;
            }
        }
    }

    private ProcessResult result(Exit exit) {
        return new ProcessResult(exit, stdout.toByteArray(), stderr.toByteArray());
    }
}

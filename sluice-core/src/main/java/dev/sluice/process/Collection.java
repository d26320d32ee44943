package dev.sluice.process;

import dev.sluice.cancel.CancelledException;
import dev.sluice.io.ByteSource;
import dev.sluice.io.LimitExceededException;
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

    Collection(Command command, long limit) {
        this.command = command;
        this.limit = limit;
    }

    ProcessResult run() throws IOException {
        Child child = command.start();
        try (child) {
            collect(child);
            return result(child.exit());
        } catch (CancelledException | LimitExceededException failure) {
            Exit exit = child.terminate(command.grace());
            failure.addSuppressed(new ProcessFailedException(command.toString(), result(exit)));
            throw failure;
        }
    }

    private void collect(Child child) throws IOException {
        @Nullable ByteSource out = command.stdout.kind == Output.Kind.PIPED ? child.stdout() : null;
        @Nullable ByteSource err = command.stderr.kind == Output.Kind.PIPED ? child.stderr() : null;
        if (out == null || err == null) {
            drain(out, stdout);
            drain(err, stderr);
            return;
        }
        try (var group = TaskGroup.open()) {
            var second = group.start("stderr of " + command, () -> drain(err, stderr));
            drain(out, stdout);
            group.join();
            second.get();
        }
    }

    private void drain(@Nullable ByteSource source, ByteArrayOutputStream into) throws IOException {
        if (source == null) {
            return;
        }
        byte[] chunk = new byte[CHUNK];
        for (int n; (n = source.read(chunk, 0, chunk.length)) >= 0; ) {
            into.write(chunk, 0, (int) Math.min(n, limit - into.size()));
            if (into.size() == limit && n > 0) {
                throw new LimitExceededException("read " + source, limit);
            }
        }
    }

    private ProcessResult result(Exit exit) {
        return new ProcessResult(exit, stdout.toByteArray(), stderr.toByteArray());
    }
}

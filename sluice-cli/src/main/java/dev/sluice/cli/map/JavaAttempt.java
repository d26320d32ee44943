package dev.sluice.cli.map;

import dev.sluice.cancel.DeadlineExceededException;
import dev.sluice.codec.CodecException;
import dev.sluice.pool.FunctionFailedException;
import dev.sluice.pool.Pool;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskFailedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One call of the method for one item, by a worker of a pool: its result is the output, and what it throws
/// goes to the errors.
///
/// Threads: one worker.
final class JavaAttempt {
    private static final int FRAMES = 20;

    private final Plan plan;
    private final Window window;
    private final Slot slot;
    private final Pool pool;
    private final ResultsDirectory.@Nullable Entry results;

    JavaAttempt(Plan plan, Window window, Slot slot, Pool pool, ResultsDirectory.@Nullable Entry results) {
        this.plan = plan;
        this.window = window;
        this.slot = slot;
        this.pool = pool;
        this.results = results;
    }

    /// Runs it.
    ///
    /// @throws IOException if its output could not be kept
    Ending run(JavaMethod method) throws IOException {
        Ending never = Attempt.cannotStart(slot.item);
        if (never != null) {
            return never;
        }
        String item;
        try {
            item = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(slot.item.bytes()))
                    .toString();
        } catch (CharacterCodingException notText) {
            return new Ending.NotStarted(Ending.NOT_RUN, "the item is not text in UTF-8");
        }
        try {
            JavaMethod.Printed printed = plan.timed()
                    ? Deadline.after(plan.timeout()).call(() -> pool.call(method, item))
                    : pool.call(method, item);
            if (printed.text().isPresent()) {
                write(Slot.STDOUT, printed.text().get());
            }
            return Ending.Exited.SUCCESS;
        } catch (DeadlineExceededException late) {
            return new Ending.TimedOut(plan.timeout());
        } catch (CodecException tooLong) {
            return new Ending.NotStarted(Ending.NOT_RUN, String.valueOf(tooLong.getMessage()));
        } catch (TaskFailedException failed) {
            write(Slot.STDERR, described(failed));
            return new Ending.Exited(1);
        }
    }

    /// What was thrown, with those frames that are not ours; or how the worker died.
    private static String described(TaskFailedException failed) {
        Throwable cause = failed.getCause();
        if (!(cause instanceof FunctionFailedException) || cause.getCause() == null) {
            return String.valueOf(cause == null ? failed : cause.getMessage());
        }
        var text = new StringBuilder();
        for (Throwable each = cause.getCause(); each != null; each = each.getCause()) {
            text.append(text.isEmpty() ? "" : "\nCaused by: ").append(each);
            Arrays.stream(each.getStackTrace())
                    .takeWhile(frame -> !frame.getClassName().startsWith("jdk.internal.reflect.")
                            && !frame.getClassName().equals(JavaMethod.class.getName()))
                    .limit(FRAMES)
                    .forEach(frame -> text.append("\n\tat ").append(frame));
        }
        return text.toString();
    }

    private void write(int stream, String text) throws IOException {
        byte[] bytes = (text + "\n").getBytes(StandardCharsets.UTF_8);
        for (int start = 0; start < bytes.length; start += SpillFile.BLOCK) {
            byte[] piece = Arrays.copyOfRange(bytes, start, Math.min(bytes.length, start + SpillFile.BLOCK));
            if (results != null) {
                results.write(stream, piece, piece.length);
            }
            byte[] spare = window.append(slot, stream, piece, piece.length);
            if (spare != piece) {
                window.giveBack(spare);
            }
        }
    }
}

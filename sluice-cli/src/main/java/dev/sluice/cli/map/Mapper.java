package dev.sluice.cli.map;

import dev.sluice.cli.map.Backlog.Piece;
import dev.sluice.io.ByteSource;
import dev.sluice.pool.Pool;
import dev.sluice.task.Task;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The run: a reader, as many workers as jobs, two writers, and who shows the progress.
///
///     run
///     ├── reader            stdin ─▶ source
///     ├── progress          until the others have ended
///     └── flow
///         ├── stdout        window ─▶ stdout, in turn
///         ├── stderr        window ─▶ stderr, in turn
///         └── workers
///             └── 1 … N     source ─▶ command ─▶ window
///
/// Whichever of them fails ends all the others, and with the workers their programs.
///
/// Threads: one coroutine runs it; what its tasks share is thread-safe by itself.
final class Mapper {
    private static final int BLOCK = 64 * 1024;

    private final Plan plan;
    private final ItemSource source;
    private final Window window;
    private final Outputs outputs;
    private final Records records;
    private final Tally tally = new Tally();

    Mapper(Plan plan, ItemSource source, Window window, Outputs outputs, Records records) {
        this.plan = plan;
        this.source = source;
        this.window = window;
        this.outputs = outputs;
        this.records = records;
    }

    /// What has been done so far.
    Tally tally() {
        return tally;
    }

    /// Runs the command for each item.
    ///
    /// @param progress shown while it lasts, if any
    /// @throws dev.sluice.task.TaskFailedException if input, output or a record failed: not for items that did
    void run(ByteSource input, @Nullable Progress progress) {
        try (var group = TaskGroup.open()) {
            Task<Void> reader = group.start("reader", () -> read(input));
            Task<Void> shown = progress == null ? null : group.start("progress", progress::run);
            group.start("flow", () -> {
                flow();
                reader.cancel("no more items are wanted");
                if (shown != null) {
                    shown.cancel("all items have ended");
                }
            });
            group.join();
        }
    }

    private void flow() {
        try (var group = TaskGroup.open()) {
            group.start("stdout", () -> write(Slot.STDOUT));
            group.start("stderr", () -> write(Slot.STDERR));
            group.start("workers", this::work);
            group.join();
        }
    }

    private void work() {
        var intake = new Intake(plan, source, window, records, tally);
        var halting = new Halting(plan.halt(), source);
        try (Pool pool = plan.work().open(plan.jobs());
                var group = TaskGroup.open()) {
            var shared = new Worker.Shared(plan, intake, window, records, tally, halting, pool);
            for (int i = 1; i <= plan.jobs(); i++) {
                group.start("worker " + i, new Worker(shared)::run);
            }
            group.join();
        }
        window.finish();
    }

    private void read(ByteSource input) throws IOException {
        byte[] block = new byte[BLOCK];
        for (int length; (length = input.read(block, 0, BLOCK)) >= 0; ) {
            if (length < BLOCK / 2) {
                source.put(Arrays.copyOf(block, length), length);
            } else {
                source.put(block, length);
                block = new byte[BLOCK];
            }
        }
        source.end();
    }

    private void write(int stream) throws IOException {
        byte[] scratch = new byte[SpillFile.BLOCK];
        for (Slot slot = window.next(stream); slot != null; slot = window.next(stream)) {
            for (Piece piece = window.poll(slot, stream); piece != null; piece = window.poll(slot, stream)) {
                outputs.write(stream, window.load(piece, scratch), piece.length);
                JobRecord record = window.delivered(slot, stream, piece);
                if (record != null) {
                    records.log(record);
                }
            }
        }
    }
}

package dev.sluice.pool;

import dev.sluice.io.ByteSink;
import dev.sluice.sync.Hold;
import dev.sluice.sync.Lock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Queue;

/// What a worker process is told.
///
/// Invariants: `writing` is held from before a call is sent until it has been, so that a cancellation cannot
/// overtake it. A write is of one frame, or of so few bytes that the pipe takes all of them or none: a call is
/// with the process as a whole or not at all. What is written while the process has calls has room in the pipe,
/// so that nobody who waits for room keeps the answers from being read.
///
/// Threads: `send` by the worker's coroutine, which is the one that changes `calls`; the rest any coroutine.
final class WorkerInput {
    /// So many bytes are written as a whole: PIPE_BUF of pipe(7).
    static final int WHOLE = 4096;

    private final ByteSink pipe;
    private final Queue<ProcessCall<?>> calls;
    private final Lock writing = new Lock("worker's input");

    // Under writing.
    private final BitSet defined = new BitSet(); // functions that the process knows
    private final ByteBuffer batch = ByteBuffer.allocate(WHOLE);

    /// @param calls that the process has, or is about to get, the oldest first
    WorkerInput(ByteSink pipe, Queue<ProcessCall<?>> calls) {
        this.pipe = pipe;
        this.calls = calls;
    }

    void write(ByteBuffer frame) throws IOException {
        try (Hold _ = writing.acquire()) {
            pipe.write(frame);
        }
    }

    /// Sends the calls that have not been sent, as many as one write holds; one that is longer when it is the
    /// oldest.
    void send() throws IOException {
        try (Hold _ = writing.acquire()) {
            int sent = gather();
            if (sent > 0) {
                pipe.write(batch.flip());
            } else {
                sent = sendOldest();
            }
            markSent(sent);
        }
    }

    /// @return how many calls are in the batch
    private int gather() throws IOException {
        batch.clear();
        int count = 0;
        for (ProcessCall<?> call : calls) {
            if (!call.sent) {
                if (call.frame.remaining() > batch.remaining()) {
                    break;
                }
                define(call);
                batch.put(call.frame.duplicate());
                count++;
            }
        }
        return count;
    }

    private int sendOldest() throws IOException {
        ProcessCall<?> oldest = calls.peek();
        if (oldest == null || oldest.sent) {
            return 0;
        }
        define(oldest);
        pipe.write(oldest.frame.duplicate());
        return 1;
    }

    private void define(ProcessCall<?> call) throws IOException {
        if (!defined.get(call.function)) {
            pipe.write(WorkerFrame.define(call.function, call.functionName));
            defined.set(call.function);
        }
    }

    /// The process has so many more calls; who has cancelled one of them may have looked before.
    private void markSent(int count) throws IOException {
        int left = count;
        for (ProcessCall<?> call : calls) {
            if (left > 0 && !call.sent) {
                left--;
                call.sent = true;
                if (call.cancelled().isPresent()) {
                    pipe.write(WorkerFrame.of(WorkerFrame.CANCEL, call.id));
                }
            }
        }
    }

    /// Tells the process that a call is cancelled, if it has it.
    void cancel(WorkerCall<?> call) throws IOException {
        try (Hold _ = writing.acquire()) {
            if (call instanceof ProcessCall<?> one && calls.contains(one) && one.sent) {
                pipe.write(WorkerFrame.of(WorkerFrame.CANCEL, one.id));
            }
        }
    }
}

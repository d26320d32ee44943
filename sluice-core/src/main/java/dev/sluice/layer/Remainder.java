package dev.sluice.layer;

import dev.sluice.cancel.CancelledException;
import dev.sluice.internal.strand.Completion;
import dev.sluice.loop.Loop;
import dev.sluice.net.Connection;
import dev.sluice.net.NetException;
import dev.sluice.task.Deadline;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The rest of a frame whose sender was cancelled in the middle: a coroutine of its own writes it, so that no
/// frame is torn.
///
/// Threads: `start` and `awaitGone` whoever has the turn to send; `awaitGoneInGrace` any.
final class Remainder {
    private static final Duration GRACE = Duration.ofSeconds(5); // what the close of a connection takes

    private final Connection lower;
    private final Loop home = Loop.current();

    // Written by who has the turn to send; read by the closer, which may come late and finds the connection
    // busy.
    private volatile @Nullable Completion<Boolean> inFlight; // pairs with the reads in the waits

    private volatile @Nullable IOException failure; // by the coroutine, before it completes; pairs with awaitGone

    Remainder(Connection lower) {
        this.lower = lower;
    }

    static long size(ByteBuffer... parts) {
        long size = 0;
        for (ByteBuffer part : parts) {
            size += part.remaining();
        }
        return size;
    }

    /// Writes what remains of these, behind the scenes. They are used up.
    ///
    /// @return false if their loop takes no more work: the connection ends with it
    boolean start(ByteBuffer... parts) {
        ByteBuffer rest = ByteBuffer.allocate((int) size(parts));
        for (ByteBuffer part : parts) {
            rest.put(part);
        }
        rest.flip();
        var gone = new Completion<Boolean>();
        inFlight = gone;
        try {
            home.execute(() -> write(rest, gone));
            return true;
        } catch (IllegalStateException loopsClosed) {
            failure = torn(loopsClosed);
            inFlight = null;
            return false;
        }
    }

    private void write(ByteBuffer rest, Completion<Boolean> gone) {
        try {
            lower.write(rest);
        } catch (IOException broken) {
            failure = broken;
        } catch (CancelledException closing) {
            failure = torn(closing);
        } finally {
            gone.complete(true);
        }
    }

    private NetException torn(RuntimeException ending) {
        NetException failure = NetException.of("write", lower, "its loop has ended inside of a frame");
        failure.initCause(ending);
        return failure;
    }

    /// Waits until nothing is left over.
    void awaitGone() throws IOException {
        Completion<Boolean> waiting = inFlight;
        if (waiting != null) {
            waiting.await("the rest of a frame to " + lower);
            inFlight = null;
        }
        IOException broken = failure;
        if (broken != null) {
            throw new IOException(broken.getMessage(), broken);
        }
    }

    /// Waits until nothing is left over, as long as a close may take; a cancelled caller does not wait.
    void awaitGoneInGrace() {
        Completion<Boolean> waiting = inFlight;
        if (waiting != null) {
            try {
                Deadline.after(GRACE).tryRun(() -> waiting.await("the rest of a frame to " + lower));
            } catch (CancelledException cancelled) {
                return; // the next suspension tells it
            }
        }
    }

    /// Waits until nobody writes, after an abort.
    void awaitStopped() {
        Completion<Boolean> waiting = inFlight;
        if (waiting != null) {
            waiting.awaitUncancellable("the rest of a frame to " + lower);
        }
    }
}

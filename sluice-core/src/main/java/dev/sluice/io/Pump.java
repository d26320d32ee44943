package dev.sluice.io;

import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.strand.Completion;
import dev.sluice.internal.strand.Strand;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The threads that make blocking calls for streams: one for each call in flight, kept for a while.
///
/// Not the bounded threads of `offload`: a read may last for ever, and a few of them would hold up everybody
/// else's work. Streams bound their number instead, two a stream at most.
final class Pump {
    private static final long KEEP_ALIVE_SECONDS = 2;
    private static final ExecutorService THREADS = new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            KEEP_ALIVE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            body -> Thread.ofPlatform().daemon().name("sluice-stream").unstarted(body));

    private Pump() {}

    /// Makes a call on another thread; in a simulation right here, so that its order stays that of the seed.
    static void run(Runnable call) {
        EventLoop loop = Strand.current().loop();
        if (loop != null && loop.simulated()) {
            call.run();
        } else {
            THREADS.execute(call);
        }
    }

    /// Closes a stream on a thread of its own, since that may flush, and waits for it.
    static void close(Closeable stream, String what) {
        var done = new Completion<Boolean>();
        run(() -> {
            closeNow(stream);
            done.complete(true);
        });
        done.awaitUncancellable(what);
    }

    static void closeNow(Closeable stream) {
        try {
            stream.close();
        } catch (Throwable failed) {
            // Everything was flushed before, with its errors; what is left is the descriptor, which is gone
            // either way. Somebody waits, so no defect of a stream may come through.
            System.getLogger("dev.sluice").log(System.Logger.Level.DEBUG, "close " + stream, failed);
        }
    }

    /// What a failure of a blocking stream means. It may be a defect of somebody's stream: the strand that
    /// waits is told of that, too.
    ///
    /// @param operation what was tried
    static StreamException translate(String operation, String stream, Throwable failed) {
        String text = failed instanceof IOException ? String.valueOf(failed.getMessage()) : failed.toString();
        // The JDK says "Stream closed" for the input of a process that has ended.
        boolean broken = operation.equals("write") && (text.contains("Broken pipe") || text.equals("Stream closed"));
        @Nullable String error = broken ? "EPIPE" : null;
        var translated = new StreamException(operation, stream, error, broken ? "EPIPE (Broken pipe)" : text);
        translated.initCause(failed);
        return translated;
    }
}

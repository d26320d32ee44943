package dev.sluice.session;

import dev.sluice.cancel.CancelledException;
import dev.sluice.internal.strand.Strand;
import dev.sluice.net.Connection;
import dev.sluice.net.Listener;
import dev.sluice.observe.Report;
import dev.sluice.session.MuxException.Problem;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.io.UncheckedIOException;

/// Serves the streams that the peer of a session opens: a task for each, in a group.
///
/// Threads: `serve` one coroutine.
final class MuxServer {
    private MuxServer() {}

    /// Serves until the session ends, or until this side goes away and the last stream ends.
    ///
    /// @throws IOException if the peer broke the rules, or did not answer
    static void serve(Mux mux, Listener.Handler handler) throws IOException {
        try (mux;
                var _ = Listener.onDrain(mux::goAway);
                var streams = TaskGroup.open()) {
            MuxException over = acceptAll(mux, handler, streams);
            streams.join();
            if (over.problem() == Problem.BROKEN_RULES || over.problem() == Problem.NO_ANSWER) {
                throw over;
            }
        }
    }

    /// @return why no more streams come
    private static MuxException acceptAll(Mux mux, Listener.Handler handler, TaskGroup<Object, Void> streams)
            throws IOException {
        while (true) {
            Connection stream;
            try {
                stream = mux.accept();
            } catch (MuxException over) {
                return over;
            }
            streams.start(stream.remote().toString(), () -> serveOne(mux, handler, stream));
        }
    }

    private static void serveOne(Mux mux, Listener.Handler handler, Connection stream) {
        // Not `try (stream)`: that would close in an orderly way what has failed.
        try {
            handler.serve(stream);
            stream.close();
        } catch (CancelledException cancelled) {
            stream.abort();
            throw cancelled;
        } catch (IOException | UncheckedIOException peer) {
            stream.abort();
        } catch (Exception | LinkageError | AssertionError | StackOverflowError failure) {
            stream.abort();
            mux.loop().report(new Report.UnobservedFailure(Strand.current().path(), failure));
        }
    }
}

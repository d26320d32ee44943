package dev.sluice.session;

import dev.sluice.cancel.CancelledException;
import dev.sluice.internal.access.Engines;
import dev.sluice.internal.io.LoopCalls;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.strand.Completion;
import dev.sluice.internal.strand.RootStrand;
import dev.sluice.net.Connection;
import dev.sluice.net.Listener;
import dev.sluice.net.NetException;
import dev.sluice.session.MuxException.Problem;
import dev.sluice.task.Deadline;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Many streams over one connection. Each is a [Connection] with its own back-pressure: a stream that nobody
/// reads holds up no other.
///
/// ```java
/// try (Mux mux = Mux.client(Tcp.connect("127.0.0.1:9000"))) {
///     Connection stream = mux.open();
/// ```
///
/// Both sides may open streams and accept those of the other. The peer may be any program that speaks yamux,
/// which is the protocol (github.com/hashicorp/yamux, spec.md); one side must be its client, the other its
/// server.
///
/// *Credit.* A sender may have [MuxConfig#window] bytes of a stream on their way or unread; then its writes
/// wait. The memory of a session is at most the number of streams times that, and one more 128 KiB for what is
/// to be sent.
///
/// *Ends.* [#goAway] ends the opening; [#close] ends everything; if the connection below ends, the streams are
/// reset, except that what has come whole, up to the end of a stream, can still be read. A peer that breaks the
/// rules is told so, and its session ends. One that is silent is asked whether it is there, see
/// [MuxConfig#keepAlive].
///
/// Threads: any coroutine, and any thread that may block. Two coroutines on the loop of its maker move the
/// frames.
public final class Mux implements AutoCloseable {
    /// How long a close waits for the connection below to take what was written.
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final Connection lower;
    private final MuxConfig config;
    private final int parity; // of the numbers of streams that are opened here
    private final EventLoop loop;
    private final ReentrantLock lock = new ReentrantLock();
    private final MuxOutput output;
    private final MuxPings pings;
    private final Completion<Boolean> ended = new Completion<>(); // the connection below is closed
    private final Completion<Boolean> sent = new Completion<>(); // everything, or as much as was possible

    // Guarded by lock.
    private final Map<Integer, MuxStream> streams = new HashMap<>();
    private final ArrayDeque<MuxStream> backlog = new ArrayDeque<>();
    private int next; // the number of the next stream that is opened here
    private int lastOfPeer; // the largest number that the peer has used
    private boolean goingAway; // we have said so
    private boolean peerGoesAway;
    private @Nullable IOException failure; // why it is over
    private @Nullable Completion<Boolean> arrival; // what those wait for who accept
    private long heardNanos; // when something came last
    private long opened;
    private long accepted;

    /// What a session has done so far.
    ///
    /// @param open streams that are open now
    /// @param opened streams that this side has opened
    /// @param accepted streams that the peer has opened, and that were not refused
    public record Statistics(int open, long opened, long accepted) {}

    private Mux(Connection lower, MuxConfig config, int first, EventLoop loop) {
        this.lower = lower;
        this.config = config;
        this.parity = first & 1;
        this.next = first;
        this.loop = loop;
        this.output = new MuxOutput(lower, lock);
        this.pings = new MuxPings(this);
        this.heardNanos = loop.clock().nanoTime();
    }

    /// A session over a connection, of which this side is the client.
    ///
    /// @param connection belongs to the session from now on
    public static Mux client(Connection connection) {
        return client(connection, MuxConfig.defaults());
    }

    /// As [#client(Connection)], with other bounds.
    public static Mux client(Connection connection, MuxConfig config) {
        return start(connection, config, 1);
    }

    /// A session over a connection, of which this side is the server.
    ///
    /// @param connection belongs to the session from now on
    public static Mux server(Connection connection) {
        return server(connection, MuxConfig.defaults());
    }

    /// As [#server(Connection)], with other bounds.
    public static Mux server(Connection connection, MuxConfig config) {
        return start(connection, config, 2);
    }

    /// A handler for [Listener#serve]: a session over each connection, of which this side is the
    /// server, and a task for each stream that the peer opens. When the listener is closed, each session says
    /// [#goAway] at once, and ends with its last stream.
    ///
    /// @param handler serves a stream; its caller closes that. What happens to one touches no other: a handler
    ///     that throws resets its stream, and is reported, unless it threw what peers do to us
    public static Listener.Handler serving(Listener.Handler handler) {
        return serving(handler, MuxConfig.defaults());
    }

    /// As [#serving(Listener.Handler)], with other bounds.
    public static Listener.Handler serving(Listener.Handler handler, MuxConfig config) {
        return connection -> MuxServer.serve(server(connection, config), handler);
    }

    private static Mux start(Connection connection, MuxConfig config, int first) {
        EventLoop loop = LoopCalls.currentLoop("session over " + connection);
        Mux mux = new Mux(connection, config, first, loop);
        RootStrand root = Engines.root(Engines.face(loop).loops());
        root.launch(loop, "frames to " + connection.remote(), mux::send);
        root.launch(loop, "frames of " + connection.remote(), mux::receive);
        if (!config.keepAlive().isZero()) {
            root.launch(loop, "questions to " + connection.remote(), mux::keepAlive);
        }
        return mux;
    }

    // ---- streams

    /// Opens a stream. It can be written to at once; whether the peer accepts it shows later.
    ///
    /// @throws MuxException if as many are open as may be, or one side has said that there will be no new ones
    public Connection open() throws IOException {
        lock.lock();
        try {
            check("open");
            if (goingAway || peerGoesAway) {
                throw new MuxException(
                        "open",
                        lower,
                        Problem.GOING_AWAY,
                        (goingAway ? "this side" : "the peer") + " wants no new ones");
            }
            if (streams.size() >= config.streams() || next < 0) {
                throw new MuxException(
                        "open",
                        lower,
                        Problem.TOO_MANY_STREAMS,
                        "open=" + streams.size() + ", expected at most " + config.streams());
            }
            var stream = new MuxStream(this, next, Frame.SYN, lower);
            next += 2;
            opened++;
            streams.put(stream.id, stream);
            stream.announce();
            return stream;
        } finally {
            lock.unlock();
        }
    }

    /// Waits for a stream that the peer opens.
    ///
    /// @throws MuxException if the session has ended, or this side has said that there will be no new streams
    public Connection accept() throws IOException {
        while (true) {
            Completion<Boolean> wait;
            lock.lock();
            try {
                MuxStream first = backlog.poll();
                if (first != null) {
                    return first;
                }
                check("accept");
                if (goingAway) {
                    throw new MuxException("accept", lower, Problem.GOING_AWAY, "this side wants no new ones");
                }
                if (arrival == null) {
                    arrival = new Completion<>();
                }
                wait = arrival;
            } finally {
                lock.unlock();
            }
            wait.await("a stream of " + lower);
        }
    }

    /// Says that no new streams are wanted; those that are open go on. No error if it has been said.
    public void goAway() {
        lock.lock();
        try {
            if (!goingAway && failure == null) {
                goingAway = true;
                output.put(Frame.GO_AWAY, 0, 0, Frame.NORMAL);
                wakeAcceptors();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Asks the peer whether it is there, and waits for its answer, as long as the caller's deadline allows.
    ///
    /// @return how long that took
    /// @throws MuxException if the session ends before
    public Duration ping() throws IOException {
        return pings.ask(loop.clock(), "an answer of " + lower);
    }

    /// Ends the session: says so, sends what was written, resets what is open and closes the connection below.
    /// That may take 5 seconds, or less inside a deadline; a cancelled caller does not wait. Closing twice is
    /// no error, nor is a peer that has closed at the same time and takes no more.
    @Override
    public void close() throws IOException {
        goAway();
        fail(new MuxException("close", lower, Problem.ENDED, "the session was closed here"));
        try {
            if (Deadline.after(GRACE).tryRun(() -> sent.await("frames to be sent on " + lower))) {
                lower.close();
            } else {
                lower.abort();
            }
        } catch (CancelledException cancelled) {
            lower.abort(); // the next suspension tells the caller
        } catch (NetException failed) {
            if (!failed.isPeerGone()) {
                throw failed;
            } // it has closed the session, too: nobody is left to be told the rest
        }
        ended.awaitUncancellable("the end of the frames of " + lower);
    }

    /// What has happened so far.
    public Statistics statistics() {
        lock.lock();
        try {
            return new Statistics(streams.size(), opened, accepted);
        } finally {
            lock.unlock();
        }
    }

    /// How many streams wait to be accepted.
    int backlog() {
        lock.lock();
        try {
            return backlog.size();
        } finally {
            lock.unlock();
        }
    }

    /// Throws if the session has ended. Under the lock.
    void check(String operation) throws IOException {
        IOException why = failure;
        if (why != null) {
            Problem problem = why instanceof MuxException known ? known.problem() : Problem.ENDED;
            var told = new MuxException(operation, lower, problem, String.valueOf(why.getMessage()));
            told.initCause(why);
            throw told;
        }
    }

    // ---- what streams use

    ReentrantLock lock() {
        return lock;
    }

    MuxConfig config() {
        return config;
    }

    EventLoop loop() {
        return loop;
    }

    MuxOutput output() {
        return output;
    }

    MuxPings pings() {
        return pings;
    }

    /// A stream was closed. Under the lock.
    void forget(MuxStream stream) {
        streams.remove(stream.id);
    }

    // ---- what the reader of frames uses, under the lock

    @Nullable MuxStream find(int id) {
        return streams.get(id);
    }

    /// The peer opens a stream.
    ///
    /// @return null if it is refused
    @Nullable MuxStream peerOpens(int id) throws MuxException {
        if ((id & 1) == parity || id <= lastOfPeer) {
            throw broken("stream=" + id + " opened, expected a new one of the peer's numbers");
        }
        lastOfPeer = id;
        if (goingAway || failure != null || streams.size() >= config.streams() || backlog.size() >= config.streams()) {
            output.put(Frame.WINDOW_UPDATE, Frame.RST, id, 0);
            return null;
        }
        var stream = new MuxStream(this, id, Frame.ACK, lower);
        streams.put(id, stream);
        accepted++;
        stream.announce();
        backlog.add(stream);
        wakeAcceptors();
        return stream;
    }

    /// Has those who accept look again. Under the lock.
    private void wakeAcceptors() {
        Completion<Boolean> waiting = arrival;
        if (waiting != null) {
            arrival = null;
            waiting.complete(true);
        }
    }

    /// Whether a stream of that number has been open.
    boolean wasOpen(int id) {
        return id > 0 && ((id & 1) == parity ? id < next : id <= lastOfPeer);
    }

    void peerGoesAway(int reason) throws MuxException {
        peerGoesAway = true;
        if (reason != Frame.NORMAL) {
            throw new MuxException("read", lower, Problem.ENDED, "the peer ended the session for reason=" + reason);
        }
    }

    void heard() {
        heardNanos = loop.clock().nanoTime();
    }

    MuxException broken(String text) {
        return new MuxException("read", lower, Problem.BROKEN_RULES, text);
    }

    // ---- the coroutines

    private void send() {
        try {
            output.run();
        } catch (IOException failed) {
            fail(failed);
        } catch (CancelledException loopsClose) {
            fail(new MuxException("write", lower, Problem.ENDED, "its loops have been closed"));
        } finally {
            sent.complete(true);
        }
    }

    private void receive() {
        try {
            new MuxInput(this, lower).run();
            fail(new MuxException("read", lower, Problem.ENDED, "the peer ended the connection"));
        } catch (MuxException broken) {
            if (broken.problem() == Problem.BROKEN_RULES) {
                sayBroken();
            }
            fail(broken);
        } catch (IOException failed) {
            fail(failed);
        } catch (CancelledException loopsClose) {
            fail(new MuxException("read", lower, Problem.ENDED, "its loops have been closed"));
        } finally {
            finish();
        }
    }

    private void sayBroken() {
        lock.lock();
        try {
            goingAway = true;
            output.put(Frame.GO_AWAY, 0, 0, Frame.PROTOCOL_ERROR);
        } finally {
            lock.unlock();
        }
    }

    /// Nothing more comes: ends what is below, when the last has been sent.
    private void finish() {
        try {
            boolean all = Deadline.after(GRACE).tryRun(() -> sent.await("frames to be sent on " + lower));
            if (all) {
                lower.close();
            } else {
                lower.abort();
            }
        } catch (IOException | CancelledException over) {
            lower.abort();
        } finally {
            ended.complete(true);
        }
    }

    private void keepAlive() {
        long limit = config.keepAlive().toNanos();
        try {
            while (true) {
                long silent;
                lock.lock();
                try {
                    if (failure != null) {
                        return;
                    }
                    silent = loop.clock().nanoTime() - heardNanos;
                } finally {
                    lock.unlock();
                }
                if (silent >= limit) {
                    if (!Deadline.after(config.answer()).tryRun(this::ping)) {
                        fail(new MuxException(
                                "read", lower, Problem.NO_ANSWER, "no answer to a ping within " + config.answer()));
                        lower.abort();
                        return;
                    }
                    silent = 0;
                }
                var rest = Duration.ofNanos(limit - silent);
                if (Deadline.after(rest).tryRun(() -> ended.await("silence of " + lower.remote()))) {
                    return;
                }
            }
        } catch (IOException | CancelledException over) {
            // Somebody else knows why.
        }
    }

    /// The session is over: tells everybody, once.
    private void fail(IOException why) {
        lock.lock();
        try {
            if (failure != null) {
                return;
            }
            failure = why;
            for (MuxStream stream : new ArrayList<>(streams.values())) {
                stream.lost(why);
            }
            pings.end();
            wakeAcceptors();
            backlog.clear();
            output.tellProgress();
            output.end();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return "session over " + lower;
    }
}

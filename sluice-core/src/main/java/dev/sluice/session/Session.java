package dev.sluice.session;

import dev.sluice.cancel.CancelledException;
import dev.sluice.codec.CodecException;
import dev.sluice.internal.access.Engines;
import dev.sluice.internal.io.LoopCalls;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.strand.Completion;
import dev.sluice.layer.Frames;
import dev.sluice.layer.LayerException;
import dev.sluice.layer.LayerStatistics;
import dev.sluice.layer.Stack;
import dev.sluice.net.Connection;
import dev.sluice.net.Listener;
import dev.sluice.session.SessionException.End;
import dev.sluice.session.SessionException.Problem;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Calls and their answers over one connection, in both directions.
///
/// ```java
/// try (Session shop = Session.over(Tcp.connect("127.0.0.1:9000"))) {
///     Receipt receipt = Deadline.after(ofSeconds(2)).call(() -> shop.call(BUY, new Order("coffee", 3)));
/// }
/// ```
///
/// The sides are equal: each has a [Service], which may have no methods, and may call the other's. They say
/// hello, and agree on a version and on features. Any number of calls are on their way at the same time, and
/// are answered in any order.
///
/// *Time and cancellation travel.* The time that the caller still has goes along, and the handler of the peer
/// has no more. When the caller is cancelled, so is the handler. An answer that comes too late is dropped and
/// counted.
///
/// *Bounds.* Each side says how many calls it answers at the same time; who has made as many waits. A call
/// counts until the peer has answered it, even if its caller has gone.
///
/// *Ends.* [#goAway] takes no more calls, and ends when the last is answered; [#close] ends everything. A peer
/// that is silent is asked whether it is there; one that breaks the rules is told so, and its session ends.
///
/// Threads: any coroutine, and any thread that may block. Three coroutines on the loop of its maker move the
/// frames; `lock` guards what they share with callers.
public final class Session implements AutoCloseable {
    /// How long an end waits for what is below to take the last frames.
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final Frames frames;
    private final Greeting greeting;
    private final EventLoop loop;
    private final CallFrame.Wire wire = new CallFrame.Wire();
    private final Completion<End> end = new Completion<>(); // nothing more is asked or answered
    private final Completion<Boolean> ended = new Completion<>(); // and all is closed
    private final ReentrantLock lock = new ReentrantLock();
    private final Post post;
    private final Asked asked;
    private final Answers answers;
    private final Heartbeat heartbeat;

    // Guarded by lock.
    private @Nullable String going; // why there will be no more calls
    private boolean saidGoodbye;

    /// What a session has done so far.
    ///
    /// @param asked calls that this side has made
    /// @param asking of these, those that the peer has not answered
    /// @param answered calls of the peer that this side has answered
    /// @param answering those that it has not answered yet
    /// @param late answers that came when the caller had gone
    public record Statistics(long asked, int asking, long answered, int answering, long late) {}

    private Session(EventLoop loop, Frames frames, Service service, SessionConfig config, Greeting greeting) {
        this.frames = frames;
        this.greeting = greeting;
        this.loop = loop;
        this.post = new Post(frames, lock, config.calls());
        this.asked = new Asked(this, frames, post, Math.min(config.calls(), greeting.calls()));
        this.answers = new Answers(this, frames, service, config.calls());
        this.heartbeat = new Heartbeat(this, config, post);
    }

    // ---- beginnings

    /// A session that answers nothing, over frames with a length of 4 bytes.
    ///
    /// @param connection belongs to the session from now on; it is aborted if this fails
    /// @throws SessionException if the peer is no session, or speaks other versions
    public static Session over(Connection connection) throws IOException {
        return over(connection, Service.nothing());
    }

    /// As [#over(Connection)], with a service for the peer.
    public static Session over(Connection connection, Service service) throws IOException {
        return over(Stack.over(connection).frames(), service, SessionConfig.defaults());
    }

    /// A session over frames of any kind, as long as they carry any bytes: lines do not.
    ///
    /// @param frames belong to the session from now on; they are aborted if this fails. Their limit is that of
    ///     a call, with 266 bytes around what is asked at most
    public static Session over(Frames frames, Service service, SessionConfig config) throws IOException {
        EventLoop loop = LoopCalls.currentLoop("session over " + frames);
        var session = new Session(loop, frames, service, config, Greeting.exchange(frames, config));
        Engines.root(Engines.face(loop).loops()).launch(loop, "session on " + frames, session::run);
        return session;
    }

    /// A handler for [Listener#serve] that answers the calls of each connection, until the session ends. When
    /// the listener is closed, each session says [#goAway]: what has been asked is answered, if the time to
    /// drain allows.
    public static Listener.Handler serving(Service service) {
        return connection -> serve(over(connection, service));
    }

    /// As [#serving(Service)], with other bounds.
    public static Listener.Handler serving(Service service, SessionConfig config) {
        return connection -> serve(over(Stack.over(connection).frames(), service, config));
    }

    private static void serve(Session session) throws IOException {
        try (session;
                var _ = Listener.onDrain(session::goAway)) {
            End why = session.end.await(session);
            if (why.problem() == Problem.BROKEN_RULES || why.problem() == Problem.NO_ANSWER) {
                throw why.of("answer", session);
            }
        }
    }

    // ---- calls

    /// Calls a method of the peer and waits for its answer. The deadline around the caller, if there is one,
    /// goes along; if the caller is cancelled, so is the handler.
    ///
    /// @throws CallFailedException if the peer has answered with a failure
    /// @throws SessionException if the session has ended, or ends before the answer
    /// @throws dev.sluice.net.NetException if the connection ends while the request is sent
    /// @throws LayerException if the request is larger than a frame may be; nothing has been sent
    /// @throws CodecException if the request cannot be encoded; nothing has been sent
    public <Q, R> R call(Method<Q, R> method, Q request) throws IOException {
        return asked.call(method, request);
    }

    // ---- ends

    /// Takes no more calls, and makes none. Those that have begun go on, in both directions; when the last is
    /// answered the session ends. The peer's calls that it does not get to are
    /// [SessionException#isUntouched]. Does not wait: [#awaitEnd] does.
    public void goAway() {
        goAway("the peer takes no more calls");
    }

    void goAway(String why) {
        lock.lock();
        try {
            if (going == null && end.result() == null) {
                going = "this side takes no more calls";
                sayGoodbye(why);
                endIfGone();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Under the lock.
    private void sayGoodbye(String why) {
        if (!saidGoodbye) {
            saidGoodbye = true;
            post.put(new CallFrame.Goodbye(answers.close(), why));
        }
    }

    /// Ends when there will be no more calls, and all are answered. Under the lock.
    void endIfGone() {
        String why = going;
        if (why != null && asked.size() == 0 && answers.areSent()) {
            endWith(new End(Problem.GOING_AWAY, why));
        }
    }

    /// Waits until the session has ended.
    ///
    /// @return why
    public Problem awaitEnd() {
        ended.await("the end of the " + this);
        return why().problem();
    }

    /// Ends the session: tells the peer, cancels its calls here, fails ours there, and closes what is below.
    /// That may take 5 seconds, and as long as handlers need to end; a cancelled caller does not wait. Closing
    /// twice is no error.
    @Override
    public void close() {
        endWith(new End(Problem.ENDED, "the session was closed here"));
        try {
            ended.await("the end of the " + this);
        } catch (CancelledException cancelled) {
            frames.abort(); // the next suspension tells the caller
        }
    }

    /// Tells everybody, once, that it is over.
    void endWith(End why) {
        lock.lock();
        try {
            if (end.complete(why)) {
                asked.lose(why);
                heartbeat.end();
                sayGoodbye(why.problem() == Problem.ENDED ? "closed" : why.problem() + " (" + why.text() + ")");
                post.end();
            }
        } finally {
            lock.unlock();
        }
    }

    private End why() {
        End known = end.result();
        return known != null ? known : new End(Problem.ENDED, "its loops have been closed");
    }

    /// Throws unless calls can be made. Under the lock.
    void check(String operation) throws SessionException {
        End known = end.result();
        if (known != null) {
            throw known.untouched(operation, frames);
        }
        if (going != null) {
            throw new End(Problem.GOING_AWAY, going).untouched(operation, frames);
        }
    }

    // ---- looking inside

    /// Asks the peer whether it is there, and waits for its answer, as long as the caller's deadline allows.
    ///
    /// @return how long that took
    /// @throws SessionException if the session ends before
    public Duration ping() throws SessionException {
        return heartbeat.ping();
    }

    /// The newest version that both sides speak; see [SessionConfig.Speech].
    public int version() {
        return greeting.version();
    }

    /// The features that both sides have.
    public Set<String> features() {
        return greeting.features();
    }

    /// What has happened so far.
    public Statistics statistics() {
        lock.lock();
        try {
            return new Statistics(asked.made(), asked.size(), answers.served(), answers.size(), asked.late());
        } finally {
            lock.unlock();
        }
    }

    /// What has passed each layer so far, from the top down; the calls count as messages, those of this side as
    /// sent.
    public List<LayerStatistics> layers() {
        List<LayerStatistics> all = new ArrayList<>(frames.layers());
        LayerStatistics below = all.getFirst();
        Statistics made = statistics();
        all.addFirst(new LayerStatistics(
                7,
                "calls, version " + greeting.version(),
                new LayerStatistics.Flow(below.in().bytes(), made.answered + made.answering),
                new LayerStatistics.Flow(below.out().bytes(), made.asked),
                Duration.ZERO));
        return List.copyOf(all);
    }

    /// What has passed each layer so far, as a table for people.
    public String describe() {
        return LayerStatistics.table(layers());
    }

    @Override
    public String toString() {
        return "session on " + frames;
    }

    // ---- what its parts use

    void requireOpen(String operation) throws SessionException {
        End known = end.result();
        if (known != null) {
            throw known.of(operation, frames);
        }
    }

    /// Under the lock.
    void busy() {
        heartbeat.busy();
    }

    /// Whether calls are on their way.
    boolean isBusy() {
        lock.lock();
        try {
            return asked.size() > 0 || !answers.areSent();
        } finally {
            lock.unlock();
        }
    }

    /// Ends what is below at once.
    void abort() {
        frames.abort();
    }

    CallFrame.Wire wire() {
        return wire;
    }

    ReentrantLock lock() {
        return lock;
    }

    EventLoop loop() {
        return loop;
    }

    // ---- the coroutines

    private void run() {
        boolean closed = false;
        try (var moving = TaskGroup.open()) {
            moving.start("post", () -> {
                End why = post.send(wire);
                if (why != null) {
                    endWith(why);
                }
            });
            moving.start("watch", this::watch);
            try (var handlers = TaskGroup.open()) {
                endWith(receive(handlers));
                handlers.cancel("the " + this + " has ended");
            }
            moving.join();
            closed = true;
        } finally {
            if (!closed) { // as its loops are
                endWith(why());
                frames.abort();
            }
            ended.complete(true);
        }
    }

    /// @return why nothing more comes
    private End receive(TaskGroup<Object, Void> handlers) {
        try {
            while (true) {
                Optional<CallFrame> frame = frames.receive(wire);
                if (frame.isEmpty()) {
                    return endedByPeer();
                }
                String broken = accept(frame.get(), handlers);
                if (broken != null) {
                    return new End(Problem.BROKEN_RULES, broken);
                }
            }
        } catch (LayerException broken) {
            return new End(Problem.BROKEN_RULES, String.valueOf(broken.getMessage()), broken);
        } catch (IOException lost) {
            return new End(Problem.ENDED, String.valueOf(lost.getMessage()), lost);
        } catch (CancelledException loopsClose) {
            return new End(Problem.ENDED, loopsClose.reason().describe());
        }
    }

    /// The peer may have the last answer, and end the connection, before the task that sent it knows that it was sent.
    private End endedByPeer() {
        lock.lock();
        try {
            String why = going;
            return why != null && asked.size() == 0 && answers.size() == 0
                    ? new End(Problem.GOING_AWAY, why)
                    : new End(Problem.ENDED, "the peer ended the connection");
        } finally {
            lock.unlock();
        }
    }

    /// @return what rule it breaks, or null
    private @Nullable String accept(CallFrame frame, TaskGroup<Object, Void> handlers) {
        lock.lock();
        try {
            heartbeat.heard();
            switch (frame) {
                case CallFrame.Reply reply -> {
                    return answered(reply.number(), new Asked.Outcome.Answered(reply.content()));
                }
                case CallFrame.Failure failure -> {
                    return answered(failure.number(), new Asked.Outcome.Failed(failure));
                }
                case CallFrame.Ping(long mark) -> {
                    post.put(new CallFrame.Pong(mark));
                    return post.isFull() ? "asks whether this side is there, and does not read the answers" : null;
                }
                case CallFrame.Pong(long mark) -> {
                    heartbeat.answered(mark);
                    return null;
                }
                case CallFrame.Goodbye(long last, String why) -> {
                    going = why;
                    asked.loseBehind(last, why);
                    endIfGone();
                    return null;
                }
                case CallFrame.Hello _ -> {
                    return "a second hello, expected one";
                }
                case CallFrame.Request _ -> heartbeat.busy();
                case CallFrame.Cancel _ -> {}
            }
        } finally {
            lock.unlock();
        }
        return frame instanceof CallFrame.Request request
                ? answers.begin(request, handlers, this::callEnded)
                : answers.cancel(frame.number(), ((CallFrame.Cancel) frame).why());
    }

    /// Under the lock.
    private @Nullable String answered(long number, Asked.Outcome outcome) {
        heartbeat.busy();
        if (!asked.answer(number, outcome)) {
            return "answer to call=" + number + ", expected one that is open";
        }
        endIfGone();
        return null;
    }

    private void callEnded() {
        lock.lock();
        try {
            heartbeat.busy();
            endIfGone();
        } finally {
            lock.unlock();
        }
    }

    /// Looks after the session, and closes what is below at the end.
    private void watch() {
        heartbeat.watch(end);
        try {
            if (Deadline.after(GRACE).tryRun(() -> post.sent().await("the last frames on " + frames))) {
                frames.close();
            } else {
                frames.abort();
            }
        } catch (IOException lost) {
            frames.abort(); // why it is over is known
        }
    }
}

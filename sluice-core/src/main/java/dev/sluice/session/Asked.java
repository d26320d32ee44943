package dev.sluice.session;

import dev.sluice.cancel.CancelledException;
import dev.sluice.codec.CodecException;
import dev.sluice.internal.strand.Completion;
import dev.sluice.layer.Frames;
import dev.sluice.session.SessionException.End;
import dev.sluice.session.SessionException.Problem;
import dev.sluice.sync.Lock;
import dev.sluice.sync.Semaphore;
import dev.sluice.task.Deadline;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The calls that this side makes, until the peer has answered them.
///
///     begin ──▶ OPEN ──answer───────────────▶ gone, the caller has it
///                 └──abandon──▶ ABANDONED ──answer──▶ gone, counted as late
///
/// Invariant: a call holds a place from before it is sent until it is answered, abandoned or not, so that the
/// peer never has more of them than it allows.
///
/// Threads: `call` any; the session's lock guards what changes, and the rest is called under it.
final class Asked {
    private final Session session;
    private final Frames frames;
    private final ReentrantLock lock; // the session's
    private final Post post;
    private final Semaphore places;
    private final Lock sending; // so that the numbers go up on the wire

    // Guarded by lock.
    private final Map<Long, Call> open = new HashMap<>();
    private long last; // the number of the call that was begun last
    private long made;
    private long late;

    /// One call.
    private static final class Call {
        final long number;
        final String method;
        final Completion<Outcome> outcome = new Completion<>();
        private boolean abandoned; // guarded by the session's lock

        Call(long number, String method) {
            this.number = number;
            this.method = method;
        }

        @Override
        public String toString() {
            return "answer to " + method;
        }
    }

    /// How a call ended.
    sealed interface Outcome {
        record Answered(Content content) implements Outcome {}

        record Failed(CallFrame.Failure failure) implements Outcome {}

        record Lost(End end, boolean untouched) implements Outcome {}
    }

    /// @param most calls that may be unanswered
    Asked(Session session, Frames frames, Post post, int most) {
        this.session = session;
        this.frames = frames;
        this.lock = session.lock();
        this.post = post;
        this.places = new Semaphore("calls on " + frames, most);
        this.sending = new Lock("calls on " + frames);
    }

    // ---- callers

    <Q, R> R call(Method<Q, R> method, Q request) throws IOException {
        places.acquire();
        Outcome outcome = await(send(method, request));
        return switch (outcome) {
            case Outcome.Answered(Content content) -> decode(method, content);
            case Outcome.Failed(CallFrame.Failure failure) ->
                throw failed(method, failure.problem(), failure.code(), failure.text());
            case Outcome.Lost(End end, boolean untouched) ->
                throw untouched ? end.untouched("call " + method, frames) : end.of("call " + method, frames);
        };
    }

    /// Sends a call, whose the caller's place is from now on.
    private <Q> Call send(Method<Q, ?> method, Q request) throws IOException {
        Call call = null;
        boolean sent = false;
        try (var _ = sending.acquire()) {
            call = begin(method.name());
            long nanos = Deadline.remainingHere()
                    .map(left -> Math.max(1, left.toNanos()))
                    .orElse(0L);
            var content = new Content.Value<>(request, method.request());
            frames.send(new CallFrame.Request(call.number, nanos, method.name(), content), session.wire());
            sent = true;
            return call;
        } finally {
            if (!sent) {
                takeBack(call);
            }
        }
    }

    private Call begin(String method) throws SessionException {
        lock.lock();
        try {
            session.check("call " + method);
            session.busy();
            var call = new Call(++last, method);
            open.put(call.number, call);
            made++;
            return call;
        } finally {
            lock.unlock();
        }
    }

    /// A call that was not sent.
    private void takeBack(@Nullable Call call) {
        if (call == null) {
            places.release();
            return;
        }
        lock.lock();
        try {
            made--;
            if (open.remove(call.number) != null) {
                places.release();
                session.endIfGone();
            }
        } finally {
            lock.unlock();
        }
    }

    private Outcome await(Call call) {
        try {
            Outcome outcome = call.outcome.await(call);
            if (isTimeUp(outcome) && Deadline.remainingHere().isPresent()) {
                new Completion<Boolean>().await(call); // our own clock is about to say so, too
            }
            return outcome;
        } catch (CancelledException cancelled) {
            abandon(call, cancelled.reason().describe());
            throw cancelled;
        }
    }

    private static boolean isTimeUp(Outcome outcome) {
        return outcome instanceof Outcome.Failed(CallFrame.Failure failure)
                && failure.problem() == CallFailedException.Problem.TIME_UP;
    }

    /// Nobody waits for it any more.
    private void abandon(Call call, String why) {
        lock.lock();
        try {
            call.abandoned = true;
            if (open.containsKey(call.number)) {
                post.put(new CallFrame.Cancel(call.number, why));
            } else if (!(call.outcome.result() instanceof Outcome.Lost)) {
                late++;
            }
        } finally {
            lock.unlock();
        }
    }

    private <R> R decode(Method<?, R> method, Content content) throws CallFailedException {
        try {
            return method.reply().decode(content.bytes());
        } catch (CodecException notUnderstood) {
            var told = failed(
                    method,
                    CallFailedException.Problem.NOT_UNDERSTOOD,
                    "",
                    "the answer: " + notUnderstood.getMessage());
            told.initCause(notUnderstood);
            throw told;
        }
    }

    private CallFailedException failed(
            Method<?, ?> method, CallFailedException.Problem problem, String code, String text) {
        return new CallFailedException("call " + method + " on " + frames, problem, code, text);
    }

    // ---- the reader of frames, under the lock

    /// @return false if there is no such call
    boolean answer(long number, Outcome outcome) {
        Call call = open.remove(number);
        if (call == null) {
            return false;
        }
        if (call.abandoned && !(outcome instanceof Outcome.Lost)) {
            late++;
        }
        call.outcome.complete(outcome);
        places.release();
        return true;
    }

    /// The peer takes no calls behind this one.
    void loseBehind(long number, String why) {
        for (Call call : calls()) {
            if (call.number > number) {
                answer(call.number, new Outcome.Lost(new End(Problem.GOING_AWAY, why), true));
            }
        }
    }

    /// It is over.
    void lose(End end) {
        for (Call call : calls()) {
            answer(call.number, new Outcome.Lost(end, false));
        }
    }

    private List<Call> calls() {
        return new ArrayList<>(open.values());
    }

    /// How many are open.
    int size() {
        return open.size();
    }

    long made() {
        return made;
    }

    long late() {
        return late;
    }
}

package dev.sluice.session;

import dev.sluice.cancel.CancelledException;
import dev.sluice.codec.CodecException;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.layer.Frames;
import dev.sluice.layer.LayerException;
import dev.sluice.observe.Report;
import dev.sluice.session.CallFailedException.Problem;
import dev.sluice.session.CallFrame.Request;
import dev.sluice.sync.Semaphore;
import dev.sluice.task.CancelScope;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The calls of the peer: each in a task, until its answer has been sent.
///
/// Invariants: `running` has the calls without an answer, at most `most` of them, or the peer breaks the rules.
/// Those whose answers wait to be sent are not in it any more, as the peer may have its answer before the task
/// knows; `tasks` counts these as well, and holds up the reader when a peer asks and does not read.
///
/// Threads: the reader of frames begins and cancels; tasks of its group answer; the session's lock guards what
/// they share.
final class Answers {
    private final Frames frames;
    private final CallFrame.Wire wire;
    private final Service service;
    private final ReentrantLock lock; // the session's
    private final EventLoop loop;
    private final int most;
    private final Semaphore tasks;

    // Guarded by lock.
    private final Map<Long, Call> running = new HashMap<>();
    private long last; // the number of the call that came last
    private int unsent; // calls whose answers have not been sent, those in running included
    private boolean closed; // no more are taken
    private long served;

    /// A call of the peer.
    private static final class Call {
        final Request request;
        final @Nullable Deadline deadline;

        // Guarded by the session's lock.
        private @Nullable CancelScope scope; // while the handler runs
        private @Nullable String cancelled; // why the caller has gone

        Call(Request request, @Nullable Deadline deadline) {
            this.request = request;
            this.deadline = deadline;
        }
    }

    Answers(Session session, Frames frames, Service service, int most) {
        this.frames = frames;
        this.wire = session.wire();
        this.service = service;
        this.lock = session.lock();
        this.loop = session.loop();
        this.most = most;
        this.tasks = new Semaphore("answers on " + frames, 2 * most);
    }

    // ---- what the reader uses

    /// Answers a call in a task.
    ///
    /// @return what rule it breaks, or null
    @Nullable String begin(Request request, TaskGroup<Object, Void> group, Runnable ended) {
        Deadline deadline = request.nanos() == 0
                ? null
                : Deadline.after(Duration.ofNanos(request.nanos())).named("call " + request.method() + " on " + frames);
        var call = new Call(request, deadline);
        lock.lock();
        try {
            if (closed) {
                return null; // and the peer has been told
            }
            if (request.number() <= last) {
                return "call=" + request.number() + ", expected more than " + last;
            }
            if (running.size() >= most) {
                return "calls=" + (running.size() + 1) + ", expected at most " + most;
            }
            last = request.number();
            running.put(last, call);
            unsent++;
        } finally {
            lock.unlock();
        }
        tasks.acquire();
        group.start("call " + request.method(), () -> {
            try {
                serve(call);
            } finally {
                tasks.release();
                sent();
                ended.run();
            }
        });
        return null;
    }

    /// The caller has gone. No error if the call has been answered meanwhile.
    ///
    /// @return what rule it breaks, or null
    @Nullable String cancel(long number, String why) {
        CancelScope scope;
        lock.lock();
        try {
            if (number < 1 || number > last) {
                return "cancel of call=" + number + ", expected at most " + last;
            }
            Call call = running.get(number);
            if (call == null) {
                return null;
            }
            call.cancelled = why;
            scope = call.scope;
        } finally {
            lock.unlock();
        }
        if (scope != null) {
            scope.cancel("the caller at " + frames + " has gone: " + why);
        }
        return null;
    }

    private void sent() {
        lock.lock();
        try {
            unsent--;
        } finally {
            lock.unlock();
        }
    }

    /// Takes no more calls. Under the lock.
    ///
    /// @return the number of the last one that was taken, 0: none was
    long close() {
        closed = true;
        return last;
    }

    /// Calls without an answer. Under the lock.
    int size() {
        return running.size();
    }

    /// Whether all answers have been sent. Under the lock.
    boolean areSent() {
        return unsent == 0;
    }

    /// Under the lock.
    long served() {
        return served;
    }

    // ---- one call

    private void serve(Call call) {
        CallFrame answer;
        try {
            answer = answer(call);
        } finally {
            lock.lock();
            try {
                running.remove(call.request.number());
                served++;
            } finally {
                lock.unlock();
            }
        }
        try {
            send(call, answer);
        } catch (IOException lost) {
            // The reader of frames tells everybody, or the session has been closed.
        }
    }

    private void send(Call call, CallFrame answer) throws IOException {
        try {
            frames.send(answer, wire);
        } catch (LayerException large) {
            if (large.problem() != LayerException.Problem.TOO_LARGE) {
                throw large;
            }
            frames.send(failure(call, Problem.TOO_LARGE, "the answer: " + large.getMessage()), wire);
        } catch (CodecException unencodable) {
            frames.send(failed(call, unencodable), wire);
        }
    }

    private CallFrame answer(Call call) {
        Service.Entry<?, ?> entry = service.find(call.request.method());
        if (entry == null) {
            return failure(call, Problem.UNKNOWN_METHOD, "no method '" + call.request.method() + "'");
        }
        return answer(call, entry);
    }

    private <Q, R> CallFrame answer(Call call, Service.Entry<Q, R> entry) {
        Q asked;
        try {
            asked = entry.method().request().decode(call.request.content().bytes());
        } catch (CodecException notUnderstood) {
            return failure(call, Problem.NOT_UNDERSTOOD, String.valueOf(notUnderstood.getMessage()));
        }
        try {
            return handled(call, () -> {
                R reply = entry.handler().answer(asked);
                return new CallFrame.Reply(
                        call.request.number(),
                        new Content.Value<>(reply, entry.method().reply()));
            });
        } catch (CallFailedException refused) {
            return refused.problem() == Problem.REFUSED
                    ? new CallFrame.Failure(call.request.number(), Problem.REFUSED, refused.code(), refused.text())
                    : failed(call, refused);
        } catch (CancelledException cancelled) {
            if (CancelScope.currentReason().isPresent()) {
                throw cancelled; // with the session
            }
            return failed(call, cancelled);
        } catch (Exception | LinkageError | AssertionError | StackOverflowError failure) {
            return failed(call, failure);
        }
    }

    private interface Handling {
        CallFrame run() throws Exception;
    }

    /// Runs the handler, as long as its caller wants it to.
    private CallFrame handled(Call call, Handling handling) throws Exception {
        var answer = new CallFrame[] {failure(call, Problem.CANCELLED, "the caller has gone")};
        CancelScope.<Exception>run(scope -> {
            enter(call, scope);
            try {
                if (call.deadline == null) {
                    answer[0] = handling.run();
                } else if (!call.deadline.tryRun(() -> answer[0] = handling.run())) {
                    answer[0] = failure(call, Problem.TIME_UP, "it took longer than the caller could wait");
                }
            } finally {
                leave(call);
            }
        });
        return answer[0];
    }

    private void enter(Call call, CancelScope scope) {
        String gone;
        lock.lock();
        try {
            call.scope = scope;
            gone = call.cancelled;
        } finally {
            lock.unlock();
        }
        if (gone != null) {
            scope.cancel("the caller at " + frames + " has gone: " + gone);
        }
    }

    private void leave(Call call) {
        lock.lock();
        try {
            call.scope = null;
        } finally {
            lock.unlock();
        }
    }

    /// A failure that is not the caller's business, but somebody's here.
    private CallFrame failed(Call call, Throwable failure) {
        loop.report(new Report.UnobservedFailure("call " + call.request.method() + " on " + frames, failure));
        return failure(call, Problem.FAILED, "the service has failed");
    }

    private static CallFrame failure(Call call, Problem problem, String text) {
        return new CallFrame.Failure(call.request.number(), problem, "", text);
    }
}

package dev.sluice.flow;

import dev.sluice.cancel.CancelReason;
import dev.sluice.cancel.CancelledException;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.sched.VirtualThreads;
import dev.sluice.internal.strand.Completion;
import dev.sluice.internal.strand.Owned;
import dev.sluice.internal.strand.SpinLock;
import dev.sluice.internal.strand.Strand;
import dev.sluice.task.TaskFailedException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The coroutine of a generator, and the turns that it and those who ask take.
///
///     NEW ──ask──▶ WORKING ──yield──▶ RESTING ──ask, when the value was taken──▶ WORKING
///      │             └──the body ends──▶ ENDED
///      └──close──▶ ENDED
///
/// Invariants: `value` is set by a yield when it is null, and cleared when it is taken; a coroutine that rests
/// is resumed only when it is null. Whoever waits is in `asking`; it is woken when there is a value, and at the
/// end.
/// Threads: `run` and `yield` by the coroutine; the rest by any other strand, `ask` and `take` by one at a
/// time. `lock` guards what says so.
final class GeneratorStrand<T> extends Strand implements Runnable, Generator.Output<T> {
    private enum State {
        NEW,
        WORKING,
        RESTING,
        ENDED
    }

    private static final VarHandle LOCK;

    static {
        try {
            LOCK = MethodHandles.lookup().findVarHandle(GeneratorStrand.class, "lock", byte.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final String name;
    private final String above; // the path of the maker
    private final Membership membership;
    private final @Nullable Object scopedValues = VirtualThreads.scopedValues();
    private final Completion<Boolean> end = new Completion<>();
    private final Question question = new Question();
    private Generator.@Nullable Body<T> body; // whoever leaves NEW
    private boolean begun; // those who ask

    private byte lock; // through SpinLock only

    // Guarded by lock.
    private State state = State.NEW;
    private @Nullable T value;
    private long rest; // the coroutine's wait, while it rests
    private @Nullable Strand asking;
    private long askingToken;
    private @Nullable Throwable failure;
    private boolean failureSeen; // somebody has been told
    private boolean cut; // it ended by its cancellation
    private boolean closed;
    private boolean scopeLeft;

    GeneratorStrand(String name, Generator.Body<T> body) {
        this(new Membership(Strand.current()), Strand.current(), name, body);
    }

    private GeneratorStrand(Membership membership, Strand maker, String name, Generator.Body<T> body) {
        super(membership, Strand.currentLoop(), maker.locals());
        this.name = name;
        this.above = maker.loop() != null ? maker.path() : ""; // a foreign thread is no part of a path
        this.body = Objects.requireNonNull(body, "body");
        this.membership = membership;
        membership.owns(this);
    }

    // ---- those who ask

    /// The next value, which stays until [#take]; null at the end.
    @Nullable T ask() {
        Strand caller = Strand.current();
        caller.checkpoint();
        if (caller == this) {
            throw new IllegalStateException("next of " + this + ": asked by its own body");
        }
        if (!begun) {
            begun = true;
            startIfNew();
        }
        while (true) {
            lock();
            T known = value;
            boolean over = overLocked();
            unlock();
            if (known != null) {
                return known;
            }
            if (over) {
                return valueAfterEnd();
            }
            waitForTurn(caller);
        }
    }

    private boolean overLocked() {
        return closed || state == State.ENDED;
    }

    /// Lets the coroutine work, and waits until there may be a value.
    private void waitForTurn(Strand caller) {
        long token = caller.begin(this);
        lock();
        boolean waits = value == null && !overLocked();
        Strand other = asking;
        long resume = 0;
        if (waits && other == null) {
            asking = caller;
            askingToken = token;
            resume = takeRestLocked();
        }
        unlock();
        if (!waits) {
            caller.abandon(token);
            return;
        }
        if (other != null) {
            caller.abandon(token);
            throw new IllegalStateException(
                    "next of " + this + ": asked by " + other.path() + " too, expected one at a time");
        }
        if (resume != 0) {
            tryResume(resume);
        }
        if (!caller.await(token)) {
            lock();
            if (asking == caller) {
                asking = null;
            }
            unlock();
            throw caller.cancelledException();
        }
    }

    /// Takes the value that [#ask] has returned.
    void take() {
        lock();
        value = null;
        unlock();
    }

    /// What who asks after the end gets.
    private @Nullable T valueAfterEnd() {
        lock();
        boolean wanted = !closed;
        boolean left = scopeLeft;
        Throwable why = failure;
        failureSeen |= wanted; // or else who closes is told
        unlock();
        if (wanted) {
            membership.left(); // it has ended, and is not only being closed
        }
        if (wanted && why != null) {
            throw new TaskFailedException(path(), why);
        }
        if (wanted && left) {
            throw new IllegalStateException("next of " + this + ": the scope that it was made in has been left");
        }
        CancelReason cancelled = reason();
        if (wanted && cut && cancelled != null) {
            throw new CancelledException(cancelled);
        }
        return null;
    }

    private void startIfNew() {
        lock();
        boolean first = state == State.NEW;
        if (first) {
            state = State.WORKING;
        }
        unlock();
        if (!first) {
            return;
        }
        begins();
        try {
            EventLoop loop = loop();
            Thread coroutine = loop != null
                    ? loop.coroutine(name, this)
                    : Thread.ofVirtual().name(name).unstarted(this);
            if (scopedValues != null) {
                VirtualThreads.inheritScopedValues(coroutine, scopedValues);
            }
            attach(coroutine);
            coroutine.start();
        } catch (Throwable e) {
            over(e);
            throw e;
        }
    }

    /// Ends it for good, for who wants no more values.
    void close() {
        if (Strand.current() == this) {
            throw new IllegalStateException("close " + this + ": called by its own body");
        }
        lock();
        closed = true;
        value = null;
        unlock();
        stop("generator closed");
    }

    /// Cancels the body and waits for its end.
    ///
    /// @throws TaskFailedException if it failed and nobody has been told
    private void stop(String why) {
        lock();
        boolean never = state == State.NEW;
        if (never) {
            state = State.ENDED;
        }
        unlock();
        if (never) {
            body = null;
            membership.left();
            end.complete(true);
            return;
        }
        cancel(new CancelReason.Requested(Strand.current().path(), why));
        lock();
        boolean rests = state == State.RESTING; // in a shield perhaps, where the cancellation has not woken it
        if (rests) {
            state = State.WORKING;
        }
        long resting = rest;
        unlock();
        if (rests) {
            tryResume(resting);
        }
        end.awaitUncancellable(this);
        lock();
        Throwable unseen = failureSeen ? null : failure;
        failureSeen = true;
        unlock();
        membership.left();
        if (unseen != null) {
            throw new TaskFailedException(path(), unseen);
        }
    }

    // ---- the coroutine

    @Override
    public void run() {
        started();
        Generator.Body<T> work = body;
        assert work != null;
        body = null; // what it captured may be large
        Throwable thrown = null;
        try {
            work.run(this);
        } catch (Throwable e) {
            thrown = e;
        }
        IllegalStateException complaint = leaveForgotten();
        if (complaint != null && thrown != null) {
            thrown.addSuppressed(complaint);
        }
        over(thrown != null ? thrown : complaint);
    }

    private void over(@Nullable Throwable thrown) {
        ended();
        boolean cancellation = thrown != null && explains(thrown);
        lock();
        state = State.ENDED;
        failure = cancellation ? null : thrown;
        cut = cancellation;
        Strand waiting = asking;
        long token = askingToken;
        asking = null;
        unlock();
        boolean told = waiting != null && waiting.tryResume(token);
        // A failure that nobody is told of now stays in the scope, which reports it in the end.
        if (told || cancellation || thrown == null) {
            membership.left();
        }
        end.complete(true);
    }

    @Override
    public void yield(T next) {
        Objects.requireNonNull(next, "value");
        if (Strand.current() != this) {
            throw new IllegalStateException(
                    "yield to " + this + ": called by " + Strand.current().path() + ", expected its own body");
        }
        boolean offered = false;
        while (!offered) { // again when an earlier value had not been taken: its yield was cancelled
            refuseWhenStopped();
            long token = begin(question);
            Strand waiting = null;
            long waitingToken = 0;
            lock();
            if (reason() != null) { // in a shield: stop has looked already whether there is a rest to end
                unlock();
                abandon(token);
                continue;
            }
            if (value == null && !closed) {
                value = next;
                offered = true;
                waiting = asking;
                waitingToken = askingToken;
                asking = null;
            }
            rest = token;
            state = State.RESTING;
            unlock();
            if (waiting != null) {
                waiting.tryResume(waitingToken);
            }
            if (!await(token)) {
                lock();
                state = State.WORKING;
                unlock();
                throw cancelledException();
            }
        }
        refuseWhenStopped();
    }

    /// Stopped as a whole it yields no more, not even in a shield, where a wait would have no end.
    private void refuseWhenStopped() {
        CancelReason why = reason();
        if (why != null) {
            throw new CancelledException(why);
        }
    }

    /// The wait to resume so that the coroutine works on, or 0 if it does not rest, or a value has not been
    /// taken. The caller holds the lock.
    private long takeRestLocked() {
        if (state != State.RESTING || value != null) {
            return 0;
        }
        state = State.WORKING;
        return rest;
    }

    private void lock() {
        SpinLock.lock(LOCK, this);
    }

    private void unlock() {
        SpinLock.unlock(LOCK, this);
    }

    @Override
    public String path() {
        return above.isEmpty() ? name : above + "/" + name;
    }

    @Override
    public String toString() {
        return "generator " + path();
    }

    /// What a coroutine that rests waits for: anybody who has the generator may ask.
    private final class Question {
        @Override
        public String toString() {
            return "somebody to ask " + GeneratorStrand.this;
        }
    }

    /// Its place in the scope of whoever made it, so that it ends with that.
    private static final class Membership extends Owned {
        private @Nullable GeneratorStrand<?> coroutine; // set once, by the maker

        Membership(Strand maker) {
            super(maker);
        }

        void owns(GeneratorStrand<?> made) {
            coroutine = made;
            begin();
        }

        void left() {
            release();
        }

        /// What it throws is reported.
        @Override
        protected void end() {
            GeneratorStrand<?> made = coroutine;
            assert made != null;
            made.lock();
            made.scopeLeft = true;
            made.unlock();
            made.stop("the scope of the generator was left");
        }

        @Override
        public String toString() {
            return String.valueOf(coroutine);
        }
    }
}

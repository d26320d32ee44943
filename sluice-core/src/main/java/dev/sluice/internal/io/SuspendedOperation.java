package dev.sluice.internal.io;

import dev.sluice.cancel.CancelledException;
import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.poll.Operation;
import dev.sluice.internal.strand.Strand;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// An operation that a strand waits for, and that is never left behind: a cancelled strand has it cancelled and
/// then waits for its end, because the kernel may have done it by then. What was done is the result.
///
///     idle ──perform──▶ started ──answer──▶ step ──▶ ended ──▶ idle
///                          ▲                 │ AGAIN
///                          └─────────────────┘
///
/// Invariant: `waiting` is the token of the strand's wait, or [#NOBODY] once the operation has ended; the ender
/// takes it in one step, so that it resumes the wait of this operation and none of a later one.
///
/// Threads: `perform` by one strand at a time; the hooks on the loop thread.
public abstract class SuspendedOperation extends Operation {
    /// From [#step]: the kernel has to be asked once more.
    public static final int AGAIN = Integer.MIN_VALUE;

    /// A result of [#perform]: the loop ended before the operation did.
    public static final int LOOP_ENDED = Integer.MIN_VALUE + 1;

    private static final long NOBODY = 0; // no token is 0
    private static final VarHandle WAITING;

    static {
        try {
            WAITING = MethodHandles.lookup().findVarHandle(SuspendedOperation.class, "waiting", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final LoopCalls calls;
    private final Runnable start = this::start;
    private final Runnable cancel = this::cancel;

    private long waiting = NOBODY; // the strand and the ender, through WAITING only
    private @Nullable Strand strand; // written by the strand before it publishes the operation, read by the ender
    private int result; // written by the ender, read by the strand after its resumption
    private @Nullable RuntimeException thrown; // by the last step, as result

    private boolean cancelled; // loop thread only

    protected SuspendedOperation(LoopCalls calls) {
        this.calls = calls;
    }

    /// Performs it, and waits for its end.
    ///
    /// @param blocker what the strand is shown to wait for
    /// @return what the last step gave, or [#LOOP_ENDED]; what the last step throws is thrown here
    /// @throws CancelledException if the caller is cancelled; nothing has been done then
    public final int perform(Object blocker) {
        Strand self = Strand.current();
        long token = self.begin(blocker);
        strand = self;
        WAITING.setRelease(this, token); // pairs with the getAndSet in end
        if (!calls.execute(start)) {
            return abandon(self, token);
        }
        if (!self.await(token)) {
            awaitEnd(self, token);
            if (result < 0) {
                thrown = null;
                throw self.cancelledException(); // an error that came first shows itself again, if it lasts
            }
        }
        RuntimeException failure = thrown;
        if (failure != null) {
            thrown = null;
            throw failure;
        }
        return result;
    }

    /// The loop takes nothing any more.
    private int abandon(Strand self, long token) {
        WAITING.setRelease(this, NOBODY); // nobody else has seen it; pairs with nothing
        self.tryResume(token);
        if (!self.await(token)) {
            throw self.cancelledException();
        }
        return LOOP_ENDED;
    }

    private void awaitEnd(Strand self, long token) {
        long second = self.beginUncancellable("the cancelled " + kind);
        // Pairs with the getAndSet in end: either it resumes this wait, or it has ended the operation before.
        if (!WAITING.compareAndSet(this, token, second)) {
            self.tryResume(second);
        } else {
            calls.execute(cancel); // a loop that takes nothing any more ends all its operations anyway
        }
        self.awaitUncancellable(second);
    }

    /// Whether the operation may begin; sets what it asks of the kernel. On the loop thread, before each start.
    ///
    /// @return 0, or the negative result with which it ends at once
    protected abstract int admit();

    /// What follows from the kernel's answer. On the loop thread.
    ///
    /// @param answer what the system call would return, or the negated `errno`
    /// @return the result, or [#AGAIN]
    protected abstract int step(int answer);

    /// It has ended and is idle. On the loop thread, before the strand goes on.
    ///
    /// @param last what [#perform] will return
    protected void ended(int last) {}

    private void start() {
        cancelled = false;
        int refused;
        try {
            refused = admit();
        } catch (RuntimeException failure) { // its buffer has no memory any more, say
            thrown = failure;
            refused = -Errno.EFAULT;
        }
        if (refused != 0) {
            end(refused);
        } else {
            submit();
        }
    }

    private void submit() {
        try {
            calls.loop().poller().submit(this);
        } catch (IllegalStateException full) {
            end(-Errno.ENOBUFS);
        }
    }

    /// Asks for an early end. Loop thread only.
    public final void cancel() {
        cancelled = true;
        calls.loop().poller().cancel(this);
    }

    @Override
    public final void completed(int answer) {
        int next;
        try {
            next = step(answer);
        } catch (RuntimeException failure) { // a buffer that cannot be used any more, say: the strand's to know
            thrown = failure;
            next = -Errno.EFAULT;
        }
        if (next != AGAIN) {
            end(next);
        } else if (cancelled) {
            end(-Errno.ECANCELED);
        } else {
            submit();
        }
    }

    private void end(int last) {
        result = last;
        Strand waiter = strand;
        assert waiter != null;
        ended(last);
        // Releases the result; pairs with the compare-and-set in awaitEnd.
        waiter.tryResume((long) WAITING.getAndSet(this, NOBODY));
    }
}

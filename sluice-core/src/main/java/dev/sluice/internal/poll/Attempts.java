package dev.sluice.internal.poll;

import dev.sluice.internal.linux.Errno;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The operations of a poller that makes completions out of readiness, from submit to the telling of their
/// results: what [EpollPoller] and [NioPoller] share.
///
/// A new operation stands among the *fresh* ones until the next poll, which tries it at once. If that would
/// block, the operation waits with its descriptor until the poller has heard that trying again is worth it.
///
///     idle ──submit──▶ FRESH ──would block──▶ WAITING ──tried again──▶ ENDED ──told──▶ idle
///                       │ └──────tried───────────│────────────────────▲  ▲
///                     cancel                   cancel                    │
///                       └─────▶ CANCELLED ◀──────┘                       │
///                                   └──────────next poll─────────────────┘
///
/// Invariants: the slot of an operation is its state, or -1 if it is idle. Those that are FRESH or CANCELLED
/// are in `fresh`, those that have ENDED in `ended`, with their results in the same order; those that are
/// WAITING are where the poller has put them.
///
/// Threads: the loop thread only.
final class Attempts {
    private static final int FRESH = 0;
    private static final int WAITING = 1;
    private static final int CANCELLED = 2;
    private static final int ENDED = 3;

    private static final int CLOSE_STEPS = 200;

    final Counters counters = new Counters();

    private final String poller;
    private final int most;
    private final EpollDescriptor.Waiters fresh = new EpollDescriptor.Waiters();
    private final EpollDescriptor.Waiters ended = new EpollDescriptor.Waiters();
    private final LongQueue results = new LongQueue(); // of those that have ended, in their order
    private final Rooms rooms = new Rooms(); // for what is received and not told yet
    private boolean closing;

    /// @param poller its name, for messages
    Attempts(String poller, PollerConfig config) {
        this.poller = poller;
        this.most = config.maxOperations();
    }

    void submit(Operation operation) {
        assert operation.slot == -1 : operation + " is in flight already";
        if (inFlight() >= most) {
            throw new IllegalStateException(
                    "submit " + operation + ": inFlight=" + inFlight() + ", expected less than maxOperations=" + most);
        }
        counters.submitted++;
        operation.slot = closing ? CANCELLED : FRESH;
        fresh.add(operation);
    }

    int inFlight() {
        return counters.inFlight();
    }

    /// Takes the next one that was submitted since the last poll, which waits from now on; null if that was the
    /// last. Those that were cancelled before it end.
    @Nullable Operation takeFresh() {
        for (Operation operation = fresh.first(); operation != null; operation = fresh.first()) {
            fresh.remove(operation);
            if (operation.slot == FRESH) {
                operation.slot = WAITING;
                return operation;
            }
            end(operation, -Errno.ECANCELED);
        }
        return null;
    }

    /// Cancels one, which ends with the next poll; nothing if it has ended.
    ///
    /// @return whether it waits: then the poller has to [#recall] it
    boolean cancel(Operation operation) {
        boolean waits = operation.slot == WAITING;
        if (waits || operation.slot == FRESH) {
            counters.cancels++;
            operation.slot = CANCELLED;
        }
        return waits;
    }

    /// Takes a cancelled one back from where it waits.
    void recall(Operation operation, EpollDescriptor.Waiters waiters) {
        assert operation.slot == CANCELLED : operation + ": slot=" + operation.slot;
        waiters.remove(operation);
        fresh.add(operation);
    }

    // ---- the end of an operation

    boolean someHaveEnded() {
        return ended.first() != null;
    }

    /// @param operation in no list
    void end(Operation operation, int result) {
        operation.slot = ENDED;
        ended.add(operation);
        results.add(result);
    }

    void endAll(EpollDescriptor.Waiters waiters, int result) {
        for (Operation operation = waiters.first(); operation != null; operation = waiters.first()) {
            waiters.remove(operation);
            end(operation, result);
        }
    }

    /// Tells what has ended. Only here callbacks run, when all else is in order: what they submit, cancel,
    /// release or throw meets no half-done work. After one that throws, the others are told by the next poll.
    ///
    /// @return how many were told
    int complete() {
        int told = results.size();
        for (int left = told; left > 0; left--) {
            Operation operation = Objects.requireNonNull(ended.first(), "more results than operations");
            ended.remove(operation);
            operation.slot = -1;
            counters.completed++;
            operation.completed((int) results.remove());
        }
        rooms.giveAllBack();
        return told;
    }

    // ---- what is received

    /// How many bytes one attempt may bring.
    static int asked(Operation operation) {
        return operation.receivesAnywhere() ? Math.min(operation.length, Rooms.BYTES) : operation.length;
    }

    /// The address of the memory that an attempt fills; [#received] follows.
    long place(Operation operation) {
        return operation.receivesAnywhere() ? rooms.next() : operation.address;
    }

    /// Notes what an attempt has brought.
    ///
    /// @return the result
    int received(Operation operation, long place, int result) {
        operation.moreToReceive = result == asked(operation);
        if (operation.receivesAnywhere()) {
            operation.received = place;
            if (result <= 0) {
                rooms.giveBack();
            }
        }
        return result;
    }

    // ---- the end of the poller

    /// Cancels what is fresh, and whatever is submitted from now on. Those that wait are the poller's to cancel.
    void beginClose() {
        closing = true;
        for (Operation operation = fresh.first(); operation != null; operation = operation.next) {
            operation.slot = CANCELLED;
        }
    }

    /// Tells all of their end.
    void close() {
        for (int step = 0; inFlight() > 0 && step < CLOSE_STEPS; step++) {
            Operation left = takeFresh();
            assert left == null : "close " + poller + ": " + left + " is not cancelled";
            complete();
        }
        if (inFlight() > 0) {
            throw new IllegalStateException("close " + poller + ": inFlight=" + inFlight() + " after " + CLOSE_STEPS
                    + " attempts, expected 0: completed() submits again and again");
        }
        rooms.free();
    }
}

package dev.sluice.internal.loop;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// What other threads hand to a loop, and the loop's sleep, in one word.
///
///     head:  null ─────push──────▶ node ▶ node ▶ …      (newest first)
///      ▲ │                          │
///      │ └──sleep──▶ ASLEEP ──push──┤ the pusher that replaces ASLEEP wakes the loop
///      └────────────drain───────────┘
///     any ──close──▶ CLOSED          (push answers CLOSED, for ever)
///
/// Sleep and hand-over are changes of the same word, so a wake-up can be neither lost nor doubled: exactly one
/// push sees `ASLEEP`.
///
/// Threads: `push` and `isClosed` any; everything else the loop thread.
final class Inbox implements IdleSpin.Wait {
    /// What a push found.
    enum Pushed {
        QUEUED,
        /// The loop sleeps: the caller has to wake it.
        WAKE,
        /// The loop has ended: the caller keeps what it wanted to push.
        CLOSED
    }

    static final class Node {
        final Runnable action;

        /// A coroutine's next step, which queues behind the others; an action of the loop's own happens at
        /// once.
        final boolean continuation;

        @Nullable Node next; // written before the node is pushed, or by the loop thread after it was drained

        Node(Runnable action, boolean continuation) {
            this.action = action;
            this.continuation = continuation;
        }
    }

    private static final Node ASLEEP = new Node(() -> {}, false);
    private static final Node CLOSED = new Node(() -> {}, false);
    private static final VarHandle HEAD;

    static {
        try {
            HEAD = MethodHandles.lookup().findVarHandle(Inbox.class, "head", Node.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private @Nullable Node head; // any thread, through HEAD only

    Pushed push(Runnable action, boolean continuation) {
        Node node = new Node(action, continuation);
        while (true) {
            // Pairs with the compare-and-set in trySleep: either we see ASLEEP, or the loop sees our node and
            // stays awake.
            Node seen = (Node) HEAD.getVolatile(this);
            if (seen == CLOSED) {
                return Pushed.CLOSED;
            }
            node.next = seen == ASLEEP ? null : seen;
            // Releases what the pusher wrote; pairs with the getAndSet in drain.
            if (HEAD.compareAndSet(this, seen, node)) {
                return seen == ASLEEP ? Pushed.WAKE : Pushed.QUEUED;
            }
        }
    }

    /// Whether something waits to be drained. Opaque: a stale answer costs one tick; pairs with nothing.
    boolean hasWork() {
        Node seen = (Node) HEAD.getOpaque(this);
        return seen != null && seen != ASLEEP && seen != CLOSED;
    }

    @Override
    public boolean over(long token) {
        return hasWork();
    }

    /// Whether the loop sleeps, or is about to. Any thread.
    boolean isAsleep() {
        // Acquires what the loop wrote before it slept; pairs with the compare-and-set in trySleep.
        return HEAD.getVolatile(this) == ASLEEP;
    }

    /// Whether [#close] has been called: what is pushed is refused from now on. Any thread.
    boolean isClosed() {
        // Pairs with the getAndSet in close.
        return HEAD.getVolatile(this) == CLOSED;
    }

    /// Takes everything, oldest first.
    @Nullable Node drain() {
        if (!hasWork()) {
            return null;
        }
        // Acquires what the pushers wrote; pairs with the compare-and-set in push.
        return reverse((Node) HEAD.getAndSet(this, null));
    }

    /// Announces the sleep; false if there is work instead.
    boolean trySleep() {
        // Full fence; pairs with the compare-and-set in push.
        return HEAD.compareAndSet(this, null, ASLEEP);
    }

    /// Ends the sleep, whoever ended it.
    void awake() {
        // Pairs with push, which may have replaced ASLEEP already.
        HEAD.compareAndSet(this, ASLEEP, null);
    }

    /// Closes the inbox for ever.
    ///
    /// @return what was in it, oldest first
    @Nullable Node close() {
        // Pairs with the compare-and-set in push: what was pushed before is returned, what comes later is
        // refused.
        Node seen = (Node) HEAD.getAndSet(this, CLOSED);
        return seen == ASLEEP || seen == CLOSED ? null : reverse(seen);
    }

    private static @Nullable Node reverse(@Nullable Node newest) {
        Node oldest = null;
        Node node = newest;
        while (node != null) {
            Node older = node.next;
            node.next = oldest;
            oldest = node;
            node = older;
        }
        return oldest;
    }
}

package dev.sluice.internal.shm;

import dev.sluice.internal.strand.Held;
import dev.sluice.internal.strand.SpinLock;
import dev.sluice.internal.strand.Strand;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The leases that one task has from one opening of a space: when it ends, they return.
///
/// Threads: any, since other tasks may end a lease. `lock` guards the list.
final class Leases extends Held {
    private static final VarHandle LOCK;

    static {
        try {
            LOCK = MethodHandles.lookup().findVarHandle(Leases.class, "lock", byte.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private byte lock; // through SpinLock only
    private @Nullable Node first; // guarded by lock

    private Leases(ShmSpace space) {
        super(space);
    }

    /// Those of the current task.
    static Leases ofCurrent(ShmSpace space) {
        Strand strand = Strand.current();
        if (find(strand, space) instanceof Leases known) {
            return known;
        }
        Leases made = new Leases(space);
        made.heldBy(strand);
        return made;
    }

    /// Whether the current task has one of a sort.
    static boolean anyOfCurrent(ShmSpace space, Predicate<Node> sort) {
        return find(Strand.current(), space) instanceof Leases known && known.any(sort);
    }

    private boolean any(Predicate<Node> sort) {
        SpinLock.lock(LOCK, this);
        try {
            Node node = first;
            while (node != null && !sort.test(node)) {
                node = node.next;
            }
            return node != null;
        } finally {
            SpinLock.unlock(LOCK, this);
        }
    }

    /// One of them.
    ///
    /// Threads: whoever holds the lock of the list.
    abstract static class Node {
        private @Nullable Node next;
        private @Nullable Node previous;
        private boolean in;

        /// Its task has ended. Does not wait and does not throw.
        abstract void lose();
    }

    void add(Node node) {
        SpinLock.lock(LOCK, this);
        node.next = first;
        if (first != null) {
            first.previous = node;
        }
        first = node;
        node.in = true;
        SpinLock.unlock(LOCK, this);
    }

    /// Takes one out.
    ///
    /// @return whether it was in: one caller gets true
    boolean remove(Node node) {
        SpinLock.lock(LOCK, this);
        boolean was = node.in;
        if (was) {
            unlink(node);
        }
        SpinLock.unlock(LOCK, this);
        return was;
    }

    private void unlink(Node node) {
        Node before = node.previous;
        Node after = node.next;
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after != null) {
            after.previous = before;
        }
        node.next = null;
        node.previous = null;
        node.in = false;
    }

    @Override
    protected void abandoned(Strand ended) {
        while (true) {
            SpinLock.lock(LOCK, this);
            Node node = first;
            if (node != null) {
                unlink(node);
            }
            SpinLock.unlock(LOCK, this);
            if (node == null) {
                return;
            }
            node.lose();
        }
    }
}

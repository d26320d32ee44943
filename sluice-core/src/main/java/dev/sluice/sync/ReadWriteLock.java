package dev.sluice.sync;

import dev.sluice.internal.strand.Held;
import dev.sluice.internal.strand.Strand;
import dev.sluice.internal.strand.WaitList;
import dev.sluice.internal.strand.Waiter;
import dev.sluice.task.Action;
import dev.sluice.task.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Many readers at a time, or one writer.
///
/// ```java
/// Page page = cache.read().call(() -> pages.get(url));
/// cache.write().run(() -> pages.put(url, page));
/// ```
///
/// First come, first served, and that prefers writers to readers who come later: while a writer waits, no
/// further reader enters, so readers cannot keep it out; the readers who came before it enter, or are in,
/// together. Readers that wait behind a writer enter together after it.
///
/// Neither side can be acquired by who holds either: a reader that wanted to write, or to read again while a
/// writer waits, would wait for itself. It gets an [OwnershipException]. A reader that ends without releasing
/// is forgotten; after such a writer the lock refuses everybody, as a [Lock] does.
///
/// Threads: any.
public final class ReadWriteLock {
    /// One reading of a lock.
    ///
    /// @param readers who reads, in the order of their coming
    /// @param waitingToRead in their order
    /// @param waitingToWrite in their order
    public record Statistics(
            String name,
            Optional<String> writer,
            List<String> readers,
            List<String> waitingToRead,
            List<String> waitingToWrite) {}

    private static final long READ = 0;
    private static final long WRITE = 1;

    private final Gate gate;
    private final Side read;
    private final Side write;

    /// @param name what messages call it
    public ReadWriteLock(String name) {
        this.gate = new Gate(name);
        this.read = new Side(gate, READ);
        this.write = new Side(gate, WRITE);
    }

    /// A lock without a name.
    public ReadWriteLock() {
        this("unnamed");
    }

    /// The side that is shared.
    public Side read() {
        return read;
    }

    /// The side that is exclusive.
    public Side write() {
        return write;
    }

    /// One reading, for people.
    public Statistics statistics() {
        return gate.statistics();
    }

    @Override
    public String toString() {
        return gate.toString();
    }

    /// One of the two sides of a [ReadWriteLock].
    public static final class Side {
        private final Gate gate;
        private final long side;

        private Side(Gate gate, long side) {
            this.gate = gate;
            this.side = side;
        }

        /// Waits for the lock.
        ///
        /// @return what releases it
        /// @throws OwnershipException if the caller has it already, for reading or writing; or a writer ended
        ///     without releasing it
        /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled; it has not got the lock
        ///     then
        public Hold acquire() {
            Strand strand = Strand.current();
            Share share = gate.newShare(strand, side);
            gate.enter(strand, side, share);
            share.heldBy(strand);
            return share;
        }

        /// Takes the lock, if that is possible at once and nobody waits.
        ///
        /// @throws OwnershipException as [#acquire]
        public boolean tryAcquire() {
            Strand strand = Strand.current();
            Share share = gate.newShare(strand, side);
            boolean taken = gate.tryEnter(strand, side, share);
            if (taken) {
                share.heldBy(strand);
            }
            return taken;
        }

        /// Gives this side of the lock back.
        ///
        /// @throws OwnershipException if the caller does not have it
        public void release() {
            if (!(Held.find(Strand.current(), gate) instanceof Share share) || share.side != side) {
                throw gate.notHeld(side);
            }
            share.close();
        }

        /// Runs a body with the lock.
        public <X extends Exception> void run(Action<X> body) throws X {
            try (var _ = acquire()) {
                body.run();
            }
        }

        /// Calls a body with the lock.
        public <T, X extends Exception> T call(Call<T, X> body) throws X {
            try (var _ = acquire()) {
                return body.call();
            }
        }

        @Override
        public String toString() {
            return name(side) + " " + gate.subject();
        }
    }

    private static String name(long side) {
        return side == READ ? "read" : "write";
    }

    /// What one strand has of the lock.
    ///
    /// Threads: the strand; `next` and `previous` whoever holds the list's lock.
    private static final class Share extends Held implements Hold {
        private final Gate gate;
        private final Strand strand;
        private final long side;
        private @Nullable Share next;
        private @Nullable Share previous;

        Share(Gate gate, Strand strand, long side) {
            super(gate);
            this.gate = gate;
            this.strand = strand;
            this.side = side;
        }

        @Override
        public void close() {
            if (Held.find(Strand.current(), gate) != this) {
                throw gate.notHeld(side);
            }
            givenBackBy(strand);
            gate.leave(this);
        }

        @Override
        protected void abandoned(Strand ended) {
            if (side == WRITE) {
                gate.abandon(ended);
            }
            gate.leave(this);
        }
    }

    /// The state of a lock.
    ///
    /// Invariant: the shares in the list, from `first`, are one writer's, or those of readers.
    /// Threads: any.
    private static final class Gate extends WaitList {
        private final String name;

        // Guarded by the list's lock.
        private @Nullable Share first;
        private @Nullable String abandonedBy;

        Gate(String name) {
            this.name = name;
        }

        /// @throws OwnershipException if the strand would wait for itself
        Share newShare(Strand strand, long side) {
            if (Held.find(strand, this) instanceof Share held) {
                throw new OwnershipException("acquire " + ReadWriteLock.name(side) + " of " + subject() + ": held="
                        + ReadWriteLock.name(held.side) + " by the caller " + strand.path() + ", expected nothing");
            }
            return new Share(this, strand, side);
        }

        OwnershipException notHeld(long side) {
            return new OwnershipException("release " + ReadWriteLock.name(side) + " of " + subject()
                    + ": not held by the caller " + Strand.current().path());
        }

        @Override
        protected @Nullable Refusal refuses(Strand strand, long side, @Nullable Object what) {
            String gone = abandonedBy;
            return gone == null
                    ? null
                    : () -> new OwnershipException("acquire " + ReadWriteLock.name(side) + " of " + subject()
                            + ": its writer " + gone + " has ended without releasing it");
        }

        @Override
        protected boolean admits(long side) {
            return first == null || side == READ && first.side == READ;
        }

        @Override
        protected void admitted(Strand strand, long side, @Nullable Object what) {
            assert what instanceof Share;
            Share share = (Share) what;
            Share second = first;
            share.next = second;
            if (second != null) {
                second.previous = share;
            }
            first = share;
        }

        void leave(Share share) {
            lock();
            try {
                Share before = share.previous;
                Share after = share.next;
                if (before == null) {
                    assert first == share;
                    first = after;
                } else {
                    before.next = after;
                }
                if (after != null) {
                    after.previous = before;
                }
                advance();
            } finally {
                unlock();
            }
        }

        void abandon(Strand ended) {
            String gone = ended.path();
            lock();
            abandonedBy = gone;
            unlock();
        }

        Statistics statistics() {
            List<Strand> toRead = new ArrayList<>();
            List<Strand> toWrite = new ArrayList<>();
            boolean written;
            List<Strand> holders;
            lock();
            try {
                for (Waiter waiter = queue().first(); waiter != null; waiter = queue().after(waiter)) {
                    (waiter.rank == READ ? toRead : toWrite).add(waiter.strand);
                }
                written = first != null && first.side == WRITE;
                holders = strands();
            } finally {
                unlock();
            }
            List<String> names = paths(holders);
            return new Statistics(
                    name,
                    written ? Optional.of(names.getFirst()) : Optional.empty(),
                    written ? List.of() : names,
                    paths(toRead),
                    paths(toWrite));
        }

        private List<Strand> strands() {
            List<Strand> holders = new ArrayList<>();
            for (Share share = first; share != null; share = share.next) {
                holders.add(share.strand);
            }
            return holders.reversed();
        }

        @Override
        public List<Strand> holders() {
            lock();
            try {
                return strands();
            } finally {
                unlock();
            }
        }

        /// While others read, all wait for the first in the queue, which is a writer; only that one waits for
        /// the readers.
        @Override
        public Needs needs(Strand waiter) {
            lock();
            try {
                Waiter writer = queue().first();
                boolean read = first != null && first.side == READ;
                return new All(read && writer != null && writer.strand != waiter ? List.of(writer.strand) : strands());
            } finally {
                unlock();
            }
        }

        @Override
        public String subject() {
            return "lock " + name;
        }
    }
}

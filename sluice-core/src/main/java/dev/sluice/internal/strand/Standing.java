package dev.sluice.internal.strand;

import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The places of one strand in many queues, kept between its waits: a wait costs what happens at them, not
/// their number. As Linux `epoll` is to `poll`.
///
///     at hand ──the strand adds it──▶ in a queue ──a counterpart takes it out──▶ hinted
///        ▲                                            (and claimed, if the strand waits) │
///        └──────────────────────drained by the strand────────────────────────────────────┘
///
/// Invariants: a place is at hand, in its queue, or hinted. A counterpart hints first and looks for a wait
/// afterwards; the strand publishes its wait first and looks for hints afterwards: if both come at once, one of
/// them sees the other.
/// Threads: the strand; a place is taken out, hinted and claimed by whoever holds the lock of its queue.
public final class Standing {
    private static final long NEVER = -1; // the token of no wait

    private final Strand strand;
    private final WeakReference<?> user;
    private volatile long wait = NEVER; // the strand writes, then looks for hints; pairs with the read in tryClaim
    private final AtomicReference<@Nullable Place> hints = new AtomicReference<>(); // newest first

    /// @param user what uses the places; when nobody can reach it any more they may go
    public Standing(Strand strand, Object user) {
        this.strand = strand;
        this.user = new WeakReference<>(user);
    }

    /// One place.
    public final class Place extends Waiter {
        /// What its user calls it.
        public final int number;

        private @Nullable Place older; // before it is hinted; afterwards the strand

        public Place(int number) {
            super(Standing.this.strand);
            this.number = number;
        }

        @Override
        public boolean tryClaim() {
            hint();
            // After the hint: pairs with the write in publish.
            return strand.tryClaim(wait);
        }

        private void hint() {
            Place newest = hints.get();
            older = newest;
            // Publishes older; pairs with the exchange in drain.
            while (!hints.compareAndSet(newest, this)) {
                newest = hints.get();
                older = newest;
            }
        }

        /// Whether its strand does not wait.
        boolean idle() {
            return strand.currentToken() != wait;
        }

        /// Whether nobody will wait here again.
        boolean forgotten() {
            return user.refersTo(null);
        }
    }

    /// The strand waits from now on, and can be claimed at all places.
    public void publish(long token) {
        wait = token;
    }

    /// Whether a place has been hinted since the last [#drain].
    public boolean hinted() {
        return hints.get() != null;
    }

    /// Takes the places that were hinted.
    public void drain(Consumer<? super Place> to) {
        // Acquires what was written before the hints; pairs with the compare-and-set in hint.
        Place place = hints.get() == null ? null : hints.getAndSet(null);
        while (place != null) {
            Place next = place.older;
            place.older = null;
            to.accept(place);
            place = next;
        }
    }
}

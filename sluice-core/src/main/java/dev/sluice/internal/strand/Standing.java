package dev.sluice.internal.strand;

import dev.sluice.internal.loop.Leftovers;
import java.lang.ref.ReferenceQueue;
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
///
/// When nobody can reach the user any more, the loop takes the places out: they are [Leftovers]. Nothing but the
/// queues keeps them until then, and they do not keep the homes of each other.
/// Threads: the strand; a place is taken out, hinted and claimed by whoever holds the lock of its queue.
public final class Standing {
    private static final long NEVER = -1; // the token of no wait

    private final Strand strand;
    private final User user;
    private final @Nullable Place[] places; // by their numbers; set before the first wait
    private volatile long wait = NEVER; // the strand writes, then looks for hints; pairs with the read in tryClaim
    private final AtomicReference<@Nullable Place> hints = new AtomicReference<>(); // newest first

    /// Where a place is: it has the lock of the queue.
    public interface Home {
        /// Takes a place out of the queue, if it is in. Any thread, or one on the loop that the home is confined
        /// to; takes the lock.
        void takeOut(Place place);
    }

    /// @param user what uses the places; when nobody can reach it any more they go
    /// @param leftovers of a loop that may come to their homes, which takes them out then
    /// @param count one more than the highest number of a place
    public Standing(Strand strand, Object user, Leftovers leftovers, int count) {
        this.strand = strand;
        this.user = new User(user, this, leftovers.queue());
        this.places = new Place[count];
    }

    /// What uses the places. When it has gone, this takes them out.
    private static final class User extends WeakReference<Object> implements Runnable {
        private final Standing standing;

        User(Object user, Standing standing, ReferenceQueue<Object> unreachable) {
            super(user, unreachable);
            this.standing = standing;
        }

        @Override
        public void run() {
            for (Place place : standing.places) {
                Home home = place == null ? null : place.home.get();
                if (home != null) {
                    home.takeOut(place);
                }
            }
        }
    }

    /// One place.
    public final class Place extends Waiter {
        /// What its user calls it.
        public final int number;

        private final WeakReference<? extends Home> home;
        private @Nullable Place older; // before it is hinted; afterwards the strand

        public Place(int number, WeakReference<? extends Home> home) {
            super(Standing.this.strand);
            this.number = number;
            this.home = home;
            places[number] = this;
        }

        /// Leaves the queue that it is in, if any; the caller holds the lock of its home.
        public void leave() {
            WaitQueue in = queue;
            if (in != null) {
                in.remove(this);
            }
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

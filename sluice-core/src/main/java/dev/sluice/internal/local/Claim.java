package dev.sluice.internal.local;

import dev.sluice.internal.strand.Held;
import dev.sluice.internal.strand.Strand;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/// Something of a shared object that a task has until it gives it back: a lease, a lock, a permit.
///
///     HELD ──end──▶ ENDED          given back by the program
///       └──lose──▶ LOST            its task has ended, or its opening was closed
///
/// Threads: any.
abstract class Claim {
    enum State {
        HELD,
        ENDED,
        LOST
    }

    private final LocalSpace opening;
    private final Holder holder;
    private final AtomicReference<State> state = new AtomicReference<>(State.HELD);

    /// A claim of the current task.
    Claim(LocalSpace opening) {
        this.opening = opening;
        this.holder = Holder.of(opening);
    }

    /// Whether the current task has something of an opening.
    static boolean hasAny(LocalSpace opening, Predicate<Claim> which) {
        return Holder.of(opening).claims.stream().anyMatch(which);
    }

    /// Begins, when the object has counted it.
    ///
    /// @throws dev.sluice.space.SpaceException `CLOSED` if the opening has been closed; the claim is lost
    final void begin(String doing, Monitor of) {
        holder.claims.add(this);
        opening.claims.add(this);
        if (opening.closed()) {
            lose();
            throw opening.closedException(doing, of);
        }
    }

    /// Ends it, if nothing has yet.
    ///
    /// @return whether the caller is to give the thing back
    final boolean end() {
        return leave(State.ENDED);
    }

    /// The task has ended, or the opening was closed.
    final void lose() {
        if (leave(State.LOST)) {
            lost();
        }
    }

    private boolean leave(State to) {
        // One winner; pairs with itself.
        if (!state.compareAndSet(State.HELD, to)) {
            return false;
        }
        holder.claims.remove(this);
        opening.claims.remove(this);
        return true;
    }

    final State state() {
        return state.get();
    }

    /// Gives the thing back for a holder that did not. Does not wait and does not throw.
    abstract void lost();

    /// What one task has, through one opening.
    ///
    /// Threads: `claims` any; the rest the task.
    static final class Holder extends Held {
        final Set<Claim> claims = ConcurrentHashMap.newKeySet();
        private final LocalSpace opening;
        private final Strand strand;

        private Holder(LocalSpace opening, Strand strand) {
            super(opening);
            this.opening = opening;
            this.strand = strand;
        }

        static Holder of(LocalSpace opening) {
            Strand strand = Strand.current();
            if (find(strand, opening) instanceof Holder known) {
                return known;
            }
            Holder made = new Holder(opening, strand);
            made.heldBy(strand);
            return made;
        }

        /// Forgets the opening, which is closed, where the current task has something of it.
        static void forget(LocalSpace opening) {
            if (find(Strand.current(), opening) instanceof Holder known) {
                known.givenBackBy(known.strand);
            }
        }

        @Override
        protected void abandoned(Strand ended) {
            claims.forEach(Claim::lose);
        }

        @Override
        public String toString() {
            return strand.path() + " in " + opening;
        }
    }
}

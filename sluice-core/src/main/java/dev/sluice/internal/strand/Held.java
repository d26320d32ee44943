package dev.sluice.internal.strand;

import org.jspecify.annotations.Nullable;

/// Something that a strand holds until it gives it back, such as a lock.
///
/// Each strand knows what it holds, in a list through the things themselves that begins in its own [Waiter]. If
/// it ends first, each is told, so that nobody waits for ever for somebody who has gone. A thread that is not
/// ours ends unnoticed.
///
/// Threads: the strand that holds it; another one may hold it after that one has given it back.
public abstract class Held {
    private final Object place;
    private @Nullable Held next;

    /// @param place what it is a hold of; [#find] looks for it
    protected Held(Object place) {
        this.place = place;
    }

    /// The strand that held this has ended.
    protected abstract void abandoned(Strand ended);

    /// The strand holds this from now on. Called by the strand, or before it knows of it.
    public final void heldBy(Strand strand) {
        Waiter own = Waiter.own(strand);
        assert next == null && own.held != this;
        next = own.held;
        own.held = this;
    }

    /// The strand gives this back. Before anybody else can hold it.
    public final void givenBackBy(Strand strand) {
        Waiter own = Waiter.own(strand);
        Held newer = null;
        Held each = own.held;
        while (each != this) {
            assert each != null : "given back by a strand that does not hold it";
            newer = each;
            each = each.next;
        }
        if (newer == null) {
            own.held = next;
        } else {
            newer.next = next;
        }
        next = null;
    }

    /// What the strand holds of a place, or null.
    public static @Nullable Held find(Strand strand, Object place) {
        Held each = newest(strand);
        while (each != null && each.place != place) {
            each = each.next;
        }
        return each;
    }

    private static @Nullable Held newest(Strand strand) {
        return strand.node instanceof Waiter own ? own.held : null;
    }

    /// The strand ends.
    static void abandonAll(Strand strand) {
        for (Held each = newest(strand); each != null; each = newest(strand)) {
            each.givenBackBy(strand);
            each.abandoned(strand);
        }
    }
}

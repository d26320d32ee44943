package dev.sluice.channel;

import dev.sluice.internal.loop.Simulator;
import dev.sluice.internal.settings.Setting;
import dev.sluice.internal.strand.Strand;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/// Who has used one end of a channel: the strands that live, if they are few. So that a report of a deadlock can
/// say on whom a wait for a channel depends, as far as that is known.
///
/// It costs a look at a few references for each value, and is noted where somebody wants to know: in a JVM that
/// has simulations, which is one of tests, and with [Setting#CHANNEL_USERS].
///
/// Threads: any.
final class Users {
    /// Whether users are noted.
    static final boolean NOTED = Simulator.POSSIBLE || Setting.CHANNEL_USERS.isOn();

    /// How many are noted.
    static final int MOST = 8;

    private static final List<WeakReference<Strand>> MANY = new ArrayList<>(); // more than that; by identity

    /// Each list is never changed.
    private final AtomicReference<List<WeakReference<Strand>>> known = new AtomicReference<>(List.of());

    /// A strand uses the end, or tries to.
    void note(Strand strand) {
        List<WeakReference<Strand>> before = known.get();
        while (before != MANY && !contains(before, strand)) {
            // One of those who come at once is first; pairs with itself.
            known.compareAndSet(before, with(before, strand));
            before = known.get();
        }
    }

    private static boolean contains(List<WeakReference<Strand>> users, Strand strand) {
        for (int i = 0; i < users.size(); i++) {
            if (users.get(i).refersTo(strand)) {
                return true;
            }
        }
        return false;
    }

    private static List<WeakReference<Strand>> with(List<WeakReference<Strand>> users, Strand strand) {
        List<WeakReference<Strand>> living = new ArrayList<>(users);
        living.removeIf(user -> {
            Strand known = user.get();
            return known == null || known.hasEnded();
        });
        living.add(new WeakReference<>(strand));
        return living.size() > MOST ? MANY : List.copyOf(living);
    }

    /// Those who have not ended; none if they are too many to tell.
    List<Strand> living() {
        return known.get().stream()
                .map(WeakReference::get)
                .filter(Objects::nonNull)
                .filter(user -> !user.hasEnded())
                .toList();
    }
}

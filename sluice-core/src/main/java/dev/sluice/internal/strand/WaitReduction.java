package dev.sluice.internal.strand;

import dev.sluice.internal.strand.Awaited.Past;
import dev.sluice.internal.strand.WaitSurvey.Noted;
import dev.sluice.observe.WaitGraph.Circle;
import dev.sluice.observe.WaitGraph.Wait;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds who is stuck in a graph of waits, some for all of several, some for one of several.
///
/// As R. C. Holt reduces a graph ("Some deadlock properties of computer systems", ACM Computing Surveys 4(3),
/// 1972), for the AND-OR model of E. Knapp ("Deadlock detection in distributed databases", ACM Computing
/// Surveys 19(4), 1987): who does not wait goes on; a wait for all ends when all go on, a wait for one when one
/// does; whatever is left when that has spread is stuck, because each waits for somebody who is stuck, and each
/// wait for one of several for nobody else (a knot).
///
///     strand ──waits──▶ ALL lock ──held by──▶ strand ──waits──▶ ONE OF select ──▶ ALL task ──▶ strand …
///
/// Threads: one.
final class WaitReduction {
    /// A strand, or what it waits for.
    private static final class Vertex {
        final @Nullable Noted wait; // null: what is waited for
        final List<Vertex> after = new ArrayList<>(1); // what this waits for
        final List<Vertex> before = new ArrayList<>(1); // what waits for this
        int missing; // how many of `after` have to go on until this does
        boolean goesOn;

        @Nullable Past past; // if `after` is a guess

        Vertex(@Nullable Noted wait) {
            this.wait = wait;
        }
    }

    private final IdentityHashMap<Strand, Vertex> strands = new IdentityHashMap<>();
    private final IdentityHashMap<Scope, List<Vertex>> membersOf = new IdentityHashMap<>();
    private final Deque<Vertex> spreading = new ArrayDeque<>();

    private final boolean byPastUse;

    /// Asks each who can end its wait; who is not among them goes on.
    ///
    /// @param byPastUse whether what anybody may do is taken to be done by those only who have done it before
    WaitReduction(IdentityHashMap<Strand, Noted> noted, boolean byPastUse) {
        this.byPastUse = byPastUse;
        noted.forEach((strand, wait) -> {
            var vertex = new Vertex(wait);
            strands.put(strand, vertex);
            Scope group = strand.parent();
            if (group != null) {
                membersOf.computeIfAbsent(group, _ -> new ArrayList<>()).add(vertex);
            }
        });
        for (Vertex vertex : strands.values()) {
            assert vertex.wait != null;
            all(vertex, List.of(place(vertex.wait.blocker(), vertex.wait.strand())));
        }
        spread();
    }

    private Vertex place(Object blocker, Strand waiter) {
        var place = new Vertex(null);
        if (blocker instanceof Strand task) {
            all(place, known(List.of(task)));
        } else if (blocker instanceof Awaited awaited) {
            switch (awaited.needs(waiter)) {
                // Who has what he waits for has got it this moment, and is about to find out.
                case Awaited.All(List<Strand> holders) ->
                    all(place, holders.contains(waiter) ? List.of() : known(holders));
                case Awaited.Members(Scope scope) -> all(place, membersOf.getOrDefault(scope, List.of()));
                case Awaited.OneOf(List<?> several) -> {
                    for (Object one : several) {
                        link(place, place(one, waiter));
                    }
                    place.missing = 1;
                }
                case Awaited.Anybody _ -> anybody(place, awaited.past(), waiter);
            }
        } else {
            all(place, List.of());
        }
        return place;
    }

    private void anybody(Vertex place, @Nullable Past past, Strand waiter) {
        List<Strand> others = byPastUse && past != null
                ? past.users().stream().filter(user -> user != waiter).toList()
                : List.of();
        List<Vertex> known = known(others);
        if (known.size() < others.size()) {
            known = List.of(); // one of them goes on
        }
        all(place, known);
        if (!known.isEmpty()) {
            place.past = past;
            place.missing = 1;
        }
    }

    /// Those of the strands that may be stuck.
    private List<Vertex> known(List<Strand> holders) {
        List<Vertex> vertices = new ArrayList<>(holders.size());
        for (Strand holder : holders) {
            Vertex vertex = strands.get(holder);
            if (vertex != null) {
                vertices.add(vertex);
            }
        }
        return vertices;
    }

    private void all(Vertex from, Collection<Vertex> to) {
        to.forEach(each -> link(from, each));
        from.missing = to.size();
        if (from.missing == 0) {
            goesOn(from);
        }
    }

    private static void link(Vertex from, Vertex to) {
        from.after.add(to);
        to.before.add(from);
    }

    private void goesOn(Vertex vertex) {
        if (!vertex.goesOn) {
            vertex.goesOn = true;
            spreading.add(vertex);
        }
    }

    private void spread() {
        while (!spreading.isEmpty()) {
            for (Vertex before : spreading.remove().before) {
                if (--before.missing == 0) {
                    goesOn(before);
                }
            }
        }
    }

    /// A strand has turned out not to wait any more.
    void goesOn(Strand strand) {
        Vertex vertex = strands.get(strand);
        if (vertex != null) {
            goesOn(vertex);
            spread();
        }
    }

    // ---- circles

    /// One circle of each knot. From each stuck strand the first that it is stuck behind is followed, so all
    /// ways end in a circle, and no two circles meet.
    List<Circle> circles() {
        IdentityHashMap<Vertex, Integer> walks = new IdentityHashMap<>();
        List<Circle> circles = new ArrayList<>();
        int walk = 0;
        for (Vertex start : strands.values()) {
            walk++;
            Vertex at = start;
            while (!at.goesOn && walks.putIfAbsent(at, walk) == null) {
                at = next(at);
            }
            if (!at.goesOn && Objects.equals(walks.get(at), walk)) {
                circles.add(circle(at));
                walks.put(at, 0); // not again
            }
        }
        return circles;
    }

    private static Vertex next(Vertex strand) {
        Vertex at = strand;
        do {
            at = at.after.stream().filter(each -> !each.goesOn).findFirst().orElseThrow();
        } while (at.wait == null);
        return at;
    }

    private Circle circle(Vertex start) {
        List<Wait> waits = new ArrayList<>();
        boolean guessed = false;
        Vertex at = start;
        do {
            waits.add(text(at));
            guessed |= pastOf(at) != null;
            at = next(at);
        } while (at != start);
        return new Circle(fromTheFirst(waits), endsByDeadline(start), guessed);
    }

    /// A circle has no beginning; this one is the same each time.
    private static List<Wait> fromTheFirst(List<Wait> waits) {
        int first = 0;
        for (int i = 1; i < waits.size(); i++) {
            if (waits.get(i).task().compareTo(waits.get(first).task()) < 0) {
                first = i;
            }
        }
        List<Wait> turned = new ArrayList<>(waits.subList(first, waits.size()));
        turned.addAll(waits.subList(0, first));
        return turned;
    }

    /// The guess by which a strand is stuck behind [#next], or null.
    private static @Nullable Past pastOf(Vertex strand) {
        Vertex at = strand;
        do {
            if (at.past != null) {
                return at.past;
            }
            at = at.after.stream().filter(each -> !each.goesOn).findFirst().orElseThrow();
        } while (at.wait == null);
        return null;
    }

    private static Wait text(Vertex vertex) {
        Noted wait = vertex.wait;
        assert wait != null;
        boolean saysIt = wait.blocker() instanceof Strand;
        Noted next = next(vertex).wait;
        assert next != null;
        Past past = pastOf(vertex);
        StackTraceElement[] stack = wait.strand().thread().getStackTrace();
        if (past != null) {
            String who = ", " + past.relation() + " " + next.strand().path() + " has " + past.did();
            Wait plain = Waits.of(wait.strand(), wait.blocker(), List.of(), stack);
            return new Wait(plain.task(), plain.waitsFor() + who, List.of(), plain.where());
        }
        List<Strand> holders = saysIt ? List.of() : List.of(next.strand());
        return Waits.of(wait.strand(), wait.blocker(), holders, stack);
    }

    /// Whether a deadline will end a wait that the circle depends on.
    private static boolean endsByDeadline(Vertex start) {
        Set<Vertex> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Vertex> open = new ArrayDeque<>(List.of(start));
        while (!open.isEmpty()) {
            Vertex each = open.remove();
            if (each.goesOn || !seen.add(each)) {
                continue;
            }
            if (each.wait != null && each.wait.strand().endsByDeadline(each.wait.token())) {
                return true;
            }
            open.addAll(each.after);
        }
        return false;
    }
}

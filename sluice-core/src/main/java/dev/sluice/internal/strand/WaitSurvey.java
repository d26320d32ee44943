package dev.sluice.internal.strand;

import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.loop.SharedLoop;
import dev.sluice.observe.WaitGraph;
import dev.sluice.observe.WaitGraph.Circle;
import dev.sluice.observe.WaitGraph.Wait;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One look at who waits for what, while everybody goes on.
///
/// In three steps: (1) note the wait that each strand is in, (2) ask what each is for and who has that,
/// (3) see who is still in the same wait. Who is has been in it throughout (2), so what it holds in (2) it
/// held at one moment together with all the others: the circles found are no artefact of reading while things
/// move. Waits that nobody outside their circle can end do not end later either.
///
/// What is stuck is found by [WaitReduction].
///
/// Threads: one, any. It takes the lock of one scope, or of one thing waited for, at a time, for a few hundred
/// steps.
public final class WaitSurvey {
    private static final int BATCH = 512;

    /// One wait, as noted in step 1.
    record Noted(Strand strand, long token, Object blocker) {}

    private final IdentityHashMap<Strand, Noted> noted = new IdentityHashMap<>(); // those that a circle may include
    private final Map<Strand, @Nullable Noted> shown = new LinkedHashMap<>(); // null: waits in the JDK
    private int tasks;
    private int waiting;
    private boolean allInSluice = true;

    private WaitSurvey() {}

    /// Looks at all that runs below `roots`.
    ///
    /// @param loops those on which it runs
    public static WaitGraph take(Collection<? extends Strand> roots, Collection<EventLoop> loops) {
        var survey = new WaitSurvey();
        List<Long> before = rests(loops);
        roots.forEach(survey::walk);
        List<Circle> circles = new ArrayList<>(survey.circles(false));
        List<Circle> guesses = survey.allInSluice ? survey.circles(true) : List.of();
        List<Wait> waits = survey.waits();
        boolean quiet = survey.tasks > 0 && survey.allInSluice && !before.contains(-1L) && before.equals(rests(loops));
        if (quiet) {
            guesses.stream().filter(Circle::byPastUse).forEach(circles::add);
        }
        return new WaitGraph(survey.tasks, survey.waiting, waits, circles, quiet);
    }

    /// The circles below a root, without the rest.
    public static List<Circle> circles(Strand root) {
        var survey = new WaitSurvey();
        survey.walk(root);
        return survey.circles(false);
    }

    /// The same where nothing goes on by itself: also those that are likely because of what was used before.
    public static List<Circle> circlesAtRest(Strand root) {
        var survey = new WaitSurvey();
        survey.walk(root);
        List<Circle> circles = new ArrayList<>(survey.circles(false));
        survey.circles(true).stream().filter(Circle::byPastUse).forEach(circles::add);
        return circles;
    }

    private static List<Long> rests(Collection<EventLoop> loops) {
        List<Long> rests = new ArrayList<>();
        loops.forEach(loop -> rests.add(loop.rest()));
        if (loops.stream().noneMatch(EventLoop::simulated)) {
            rests.add(SharedLoop.rest());
        }
        return rests;
    }

    // ---- step 1

    private void walk(Strand root) {
        Deque<Scope> above = new ArrayDeque<>();
        above.add(root);
        while (!above.isEmpty()) {
            visitChildren(above.removeLast(), above);
        }
    }

    private void visitChildren(Scope scope, Deque<Scope> above) {
        var batch = new Scope[scope.mayHaveChildren() ? BATCH : 0];
        int count = batch.length == 0 ? 0 : scope.nextChildren(batch, 0);
        while (count != 0) {
            for (int i = 0; i < count; i++) {
                if (batch[i] instanceof Strand strand) {
                    visit(strand);
                }
                if (batch[i].mayHaveChildren()) {
                    above.add(batch[i]);
                }
            }
            int next = scope.nextChildren(batch, count);
            if (next < 0) {
                batch = new Scope[batch.length * 2]; // all we have seen have ended meanwhile
                next = scope.nextChildren(batch, 0);
            }
            count = next;
        }
    }

    private void visit(Strand strand) {
        tasks++;
        Noted now = note(strand);
        if (now != null) {
            waiting++;
            show(strand, now);
        } else if (waitsInJdk(strand)) {
            waiting++;
            allInSluice = false;
            show(strand, null);
        } else {
            allInSluice = false;
        }
    }

    private static boolean waitsInJdk(Strand strand) {
        Thread thread = strand.thread;
        return thread != null
                && switch (thread.getState()) {
                    case BLOCKED, WAITING, TIMED_WAITING -> strand.currentToken() == 0;
                    default -> false;
                };
    }

    private void show(Strand strand, @Nullable Noted now) {
        if (shown.size() < WaitGraph.LIMIT) {
            shown.put(strand, now);
        }
    }

    private @Nullable Noted note(Strand strand) {
        long token = strand.currentToken();
        Object blocker = token == 0 ? null : strand.blockerOf(token);
        if (blocker == null) {
            return null;
        }
        var now = new Noted(strand, token, blocker);
        if (blocker instanceof Strand || blocker instanceof Awaited) {
            noted.put(strand, now);
        }
        return now;
    }

    // ---- steps 2 and 3

    private List<Circle> circles(boolean byPastUse) {
        if (noted.isEmpty()) {
            return List.of();
        }
        noteHolders();
        var reduction = new WaitReduction(noted, byPastUse);
        noted.values().forEach(each -> {
            if (each.strand.currentToken() != each.token) {
                reduction.goesOn(each.strand);
            }
        });
        return reduction.circles();
    }

    /// Threads that are not ours, and tasks of other loops, are found as holders.
    private void noteHolders() {
        Deque<Noted> asked = new ArrayDeque<>(noted.values());
        while (!asked.isEmpty()) {
            Noted each = asked.remove();
            for (Strand holder : holders(each.blocker, each.strand)) {
                Noted found = noted.containsKey(holder) ? null : note(holder);
                if (found != null && noted.containsKey(holder)) {
                    asked.add(found);
                }
            }
        }
    }

    /// Whom a wait may depend on, the members of groups aside.
    private static List<Strand> holders(Object blocker, Strand waiter) {
        if (blocker instanceof Strand task) {
            return List.of(task);
        }
        return blocker instanceof Awaited awaited
                ? switch (awaited.needs(waiter)) {
                    case Awaited.All(List<Strand> holders) -> holders;
                    case Awaited.OneOf(List<?> several) ->
                        several.stream()
                                .flatMap(one -> holders(one, waiter).stream())
                                .toList();
                    case Awaited.Anybody _ -> {
                        Awaited.Past past = awaited.past();
                        yield past == null ? List.of() : past.users();
                    }
                    case Awaited.Members _ -> List.of();
                }
                : List.of();
    }

    // ---- for people

    private List<Wait> waits() {
        List<Wait> waits = new ArrayList<>(shown.size());
        shown.forEach((strand, now) -> {
            if (now == null) {
                Thread thread = strand.thread();
                waits.add(Waits.inJdk(strand.path(), thread, thread.getStackTrace()));
            } else {
                waits.add(Waits.of(strand, now.blocker, strand.thread().getStackTrace()));
            }
        });
        return waits;
    }
}

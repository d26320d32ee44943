package dev.sluice.observe;

import java.util.List;
import java.util.stream.Collectors;

/// One reading of who waits for what, and of the circles in it: deadlocks.
///
/// **What is certain.** A circle is made of waits whose ends are known: for a lock, which only its holder
/// releases; for the value of a once, which its maker makes; for the end of a task, of a group, or of offloaded
/// work; for one of several such ends. All of them were in force at one moment of the reading, and nobody in
/// the circle goes on unless a cancellation or an interrupt ends a wait; a deadline may be about to, see
/// [Circle#deadline].
///
/// **What is not known.** A channel, a promise, an event, a semaphore may be served by anybody, so such a wait
/// is in no certain circle. When [#quiet], nothing in these loops will do it.
///
/// **What is likely.** When [#quiet], a wait at a channel can be taken to depend on those who have used its other
/// end before and have not ended, if that is noted: in a JVM with simulations, and with
/// `-Ddev.sluice.channel.users=true`. Circles that need this are marked, see [Circle#byPastUse].
///
/// A waiting task does nothing that could make this cheaper or dearer: it is all done by whoever asks.
///
/// @param tasks how many have not ended
/// @param waiting how many of them wait, in Sluice or in the JDK
/// @param waits those, or the first 1000 that were found; threads that are not Sluice's only where a circle
///     includes them
/// @param circles each once; who waits for a circle without being in it is not part of it
/// @param quiet whether nothing in these loops goes on by itself: each task waits in Sluice, no timer is armed,
///     no I/O is under way that a task may wait for. Then only another thread, a signal or another process can
///     change anything
public record WaitGraph(int tasks, int waiting, List<Wait> waits, List<Circle> circles, boolean quiet) {
    /// How many waits are kept.
    public static final int LIMIT = 1000;

    public WaitGraph {
        waits = List.copyOf(waits);
        circles = List.copyOf(circles);
    }

    /// Somebody who waits.
    ///
    /// @param task its path: `main/fetch/a`
    /// @param waitsFor what for: `lock accounts`, `task main/b`, `sleep 2 s`
    /// @param heldBy who has that, or does not end, by path, the first few; empty if it is not known, or
    ///     `waitsFor` says it
    /// @param where the line of the program, as a stack trace prints it; empty if unknown
    public record Wait(String task, String waitsFor, List<String> heldBy, String where) {
        public Wait {
            heldBy = List.copyOf(heldBy);
        }

        @Override
        public String toString() {
            return task + " waits for " + waitsFor + (heldBy.isEmpty() ? "" : " held by " + String.join(", ", heldBy))
                    + (where.isEmpty() ? "" : "   at " + where);
        }
    }

    /// Who waits for each other.
    ///
    /// @param waits each waits for what the next has, or is; the last for the first
    /// @param deadline whether a deadline around one of them will cancel its wait
    /// @param byPastUse whether it is certain only if nobody uses the channels in it who has not used them before
    public record Circle(List<Wait> waits, boolean deadline, boolean byPastUse) {
        public Circle {
            waits = List.copyOf(waits);
        }

        @Override
        public String toString() {
            String whom = waits.size() == 1 ? "a task waits for itself" : waits.size() + " wait for each other";
            return "deadlock: " + whom + (byPastUse ? ", unless somebody new comes to their channels" : "") + ", until "
                    + (deadline ? "a deadline passes" : "somebody cancels them") + lines(waits);
        }
    }

    private static String lines(List<Wait> waits) {
        return waits.stream().map(wait -> "\n    " + wait).collect(Collectors.joining());
    }

    /// The circles, then all who wait.
    @Override
    public String toString() {
        var text = new StringBuilder();
        circles.forEach(circle -> text.append(circle).append('\n'));
        text.append(tasks)
                .append(tasks == 1 ? " task, " : " tasks, ")
                .append(waiting)
                .append(" waiting");
        if (quiet) {
            text.append("; nothing here goes on by itself, only another thread can change that");
        }
        text.append(lines(waits));
        if (waiting > waits.size()) {
            text.append("\n    … and ").append(waiting - waits.size()).append(" more");
        }
        return text.toString();
    }
}

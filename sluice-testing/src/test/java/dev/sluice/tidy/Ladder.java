package dev.sluice.tidy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// The packages of the core as a ladder: each rung looks only down, never up and never sideways.
final class Ladder {
    /// **The one place to edit.** From the ground up; packages of one rung do not know each other. Not all
    /// exist yet.
    static final List<Set<String>> RUNGS = List.of(
            Set.of(
                    "dev.sluice.time",
                    "dev.sluice.observe",
                    "dev.sluice.codec",
                    "dev.sluice.internal.linux",
                    "dev.sluice.internal.settings"),
            Set.of("dev.sluice.internal.timer", "dev.sluice.internal.poll", "dev.sluice.internal.sched"),
            Set.of("dev.sluice.internal.loop"),
            Set.of("dev.sluice.cancel"),
            Set.of("dev.sluice.internal.strand"),
            Set.of("dev.sluice.internal.io"),
            Set.of("dev.sluice.loop"),
            Set.of("dev.sluice.channel"),
            Set.of("dev.sluice.internal.access"),
            Set.of("dev.sluice.task"),
            Set.of("dev.sluice.sync"),
            Set.of("dev.sluice.flow"),
            Set.of("dev.sluice.io"),
            Set.of("dev.sluice.process"),
            Set.of("dev.sluice.net"),
            Set.of("dev.sluice.tls"),
            Set.of("dev.sluice.layer"),
            Set.of("dev.sluice.space.sync", "dev.sluice.callback", "dev.sluice.session", "dev.sluice.websocket"),
            Set.of("dev.sluice.space"),
            Set.of("dev.sluice.internal.space", "dev.sluice.internal.ranks"),
            Set.of("dev.sluice.internal.local", "dev.sluice.internal.shm"),
            Set.of("dev.sluice.ranks"),
            Set.of("dev.sluice.pool"),
            Set.of("dev.sluice"));

    private Ladder() {}

    static List<Violation> check(Collection<Bytecode> classes) {
        List<Violation> violations = new ArrayList<>();
        Set<String> unknown = new TreeSet<>();
        for (Bytecode code : classes) {
            int own = rung(code.packageName());
            if (own < 0) {
                unknown.add(code.packageName());
                continue;
            }
            Set<String> climbed = new TreeSet<>();
            for (String type : code.types()) {
                String target = Bytecode.packageOf(type);
                boolean ours = target.equals("dev.sluice") || target.startsWith("dev.sluice.");
                if (ours && !target.equals(code.packageName()) && rung(target) >= own) {
                    climbed.add(type);
                }
            }
            if (!climbed.isEmpty()) {
                violations.add(Violation.of(
                        code.name(),
                        "looks up or sideways to " + climbed + ": move it up, or hand it down as an interface"));
            }
        }
        for (String name : unknown) {
            violations.add(Violation.of(name, "stands on no rung: add it to Ladder.RUNGS"));
        }
        return violations;
    }

    private static int rung(String packageName) {
        for (int rung = 0; rung < RUNGS.size(); rung++) {
            if (RUNGS.get(rung).contains(packageName)) {
                return rung;
            }
        }
        return -1;
    }
}

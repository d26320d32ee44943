package dev.sluice.tidy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Where the bans do not hold: the seams. **This list is the one to edit**, with a reason, and it should only
/// shrink: an entry that nothing needs any more fails the test too.
final class Bans {
    /// A class with those nested in it, or a package with a dot at its end, and what it may use.
    static final Map<String, Set<Ban>> SEAMS = seams();

    private Bans() {}

    private static Map<String, Set<Ban>> seams() {
        Map<String, Set<Ban>> seams = new LinkedHashMap<>();
        // the clock of the operating system, behind dev.sluice.time.Clock
        seams.put("dev.sluice.time.SystemClock", Set.of(Ban.TIME));
        // the randomness of the operating system, behind the loop's seam
        seams.put("dev.sluice.internal.loop.SystemRandom", Set.of(Ban.RANDOM));
        // the hook into the JDK's virtual threads
        seams.put("dev.sluice.internal.sched.VirtualThreads", Set.of(Ban.REFLECTION));
        // what records are made of, and types with their arguments: looked at once for each codec
        seams.put("dev.sluice.codec.Reflection", Set.of(Ban.REFLECTION));
        // the compiler keeps the names of serializable method references only; nothing is ever serialised
        seams.put("dev.sluice.pool.PoolFunction", Set.of(Ban.SERIALIZATION));
        // the floor under the pollers: a Selector to sleep in, and the JDK's sockets behind it
        seams.put("dev.sluice.internal.poll.NioPoller", Set.of(Ban.SOCKET));
        seams.put("dev.sluice.internal.poll.NioSockets", Set.of(Ban.SOCKET));
        seams.put("dev.sluice.internal.poll.NioChannel", Set.of(Ban.SOCKET));
        seams.put("dev.sluice.internal.poll.NioDatagrams", Set.of(Ban.SOCKET));
        // what the JDK's TLS wants implemented has sockets in its signatures; nobody ever hands one in
        seams.put("dev.sluice.tls.PeerTrust", Set.of(Ban.SOCKET));
        seams.put("dev.sluice.tls.IdentityKeys", Set.of(Ban.SOCKET));
        // the keys of TLS, and masks of WebSocket that nobody can guess: the operating system's randomness
        seams.put("dev.sluice.tls.Engines", Set.of(Ban.RANDOM));
        seams.put("dev.sluice.websocket.Masks", Set.of(Ban.RANDOM));
        // what can be set
        seams.put("dev.sluice.internal.settings.Setting", Set.of(Ban.PROPERTY));
        // where this JVM is and what it runs, for another one like it
        seams.put("dev.sluice.pool.WorkerLaunch", Set.of(Ban.PROPERTY));
        // one class a kernel header, on the systems that have such a kernel
        seams.put("dev.sluice.internal.linux.", Set.of(Ban.FOREIGN, Ban.PROPERTY));
        return seams;
    }

    /// Checks classes against the bans, and the seams against the classes.
    static List<Violation> check(Collection<Bytecode> classes, Map<String, Set<Ban>> seams) {
        List<Violation> violations = new ArrayList<>();
        Map<String, Set<Ban>> needed = new LinkedHashMap<>();
        for (Bytecode code : classes) {
            for (Ban ban : Ban.values()) {
                if (!ban.broken(code)) {
                    continue;
                }
                String seam = seamOf(code, ban, seams);
                if (seam.isEmpty()) {
                    violations.add(ban.violation(code));
                } else {
                    needed.computeIfAbsent(seam, name -> EnumSet.noneOf(Ban.class))
                            .add(ban);
                }
            }
        }
        seams.forEach((seam, allowed) -> {
            for (Ban ban : allowed) {
                if (!needed.getOrDefault(seam, Set.of()).contains(ban)) {
                    violations.add(
                            Violation.of(seam, "needs no exception for " + ban + " any more: take it off Bans.SEAMS"));
                }
            }
        });
        return violations;
    }

    private static String seamOf(Bytecode code, Ban ban, Map<String, Set<Ban>> seams) {
        return seams.keySet().stream()
                .filter(seam -> seam.equals(code.topLevel()) || seam.equals(code.packageName() + "."))
                .filter(seam -> seams.getOrDefault(seam, Set.of()).contains(ban))
                .findFirst()
                .orElse("");
    }
}

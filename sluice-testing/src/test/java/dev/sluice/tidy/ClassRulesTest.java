package dev.sluice.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// The rules that read classes: the bans and the package ladder, over the core and over classes that break them.
@Tag("tidy")
class ClassRulesTest {
    private static Collection<Bytecode> core() {
        return Project.coreClasses().entrySet().stream()
                .filter(entry -> !entry.getKey().equals("module-info"))
                .map(entry -> Bytecode.read(entry.getValue()))
                .toList();
    }

    @Test
    void coreUsesBannedThingsOnlyInItsSeams() {
        Collection<Bytecode> classes = core();
        assertThat(classes).hasSizeGreaterThan(3);
        List<Violation> violations = Bans.check(classes, Bans.SEAMS);
        Violation.assertNone(violations);
    }

    @Test
    void corePackagesLookOnlyDown() {
        List<Violation> violations = Ladder.check(core());
        Violation.assertNone(violations);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "MONITOR | synchronized void m() {}",
                "MONITOR | void m() { synchronized (this) { hashCode(); } }",
                "MONITOR | void m() throws Exception { wait(1); }",
                "TIME | long m() { return System.nanoTime(); }",
                "TIME | long m() { return System.currentTimeMillis(); }",
                "TIME | Object m() { return java.time.Instant.now(); }",
                "TIME | Object m() { return java.time.Clock.systemUTC(); }",
                "SLEEP | void m() throws Exception { Thread.sleep(1); }",
                "RANDOM | int m() { return java.util.concurrent.ThreadLocalRandom.current().nextInt(); }",
                "RANDOM | Object m() { return java.util.UUID.randomUUID(); }",
                "SOCKET | Object m() throws Exception { return new java.net.Socket(); }",
                "SOCKET | java.nio.channels.SocketChannel m;",
                "SERIALIZATION | Object m(java.io.ObjectInputStream in) throws Exception { return in.readObject(); }",
                "SERIALIZATION | static class Y implements java.io.Serializable {}",
                "REFLECTION | Object m() throws Exception { return X.class.getDeclaredMethod(\"m\"); }",
                "PROPERTY | String m() { return System.getProperty(\"dev.sluice.x\"); }",
                "PROPERTY | boolean m() { return Boolean.getBoolean(\"dev.sluice.x\"); }",
                "PROPERTY | Object m() { return Integer.getInteger(\"dev.sluice.x\"); }",
                "FOREIGN | java.lang.foreign.MemorySegment m;"
            })
    void bannedThingIsFound(Ban ban, String member) {
        List<Violation> violations = Bans.check(Snippet.compile("dev.sluice.x", member), Map.of());
        assertThat(violations)
                .singleElement()
                .asString()
                .contains(ban.name().equals("MONITOR") ? "synchronized" : ": ");
        assertThat(Bans.check(Snippet.compile("dev.sluice.x", member), Map.of("dev.sluice.x.X", Set.of(ban))))
                .as("allowed in a seam")
                .isEmpty();
        assertThat(Bans.check(Snippet.compile("dev.sluice.x", member), Map.of("dev.sluice.x.", Set.of(ban))))
                .as("allowed in a seam's package")
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void seamThatNeedsNoExceptionIsFound(Ban ban) {
        Map<String, Set<Ban>> seams = Map.of("dev.sluice.x.X", EnumSet.of(ban));
        assertThat(Bans.check(Snippet.compile("dev.sluice.x", "int m() { return 1; }"), seams))
                .singleElement()
                .asString()
                .contains("any more");
    }

    @ParameterizedTest
    @CsvSource({
        "dev.sluice.time, dev.sluice.task.T",
        "dev.sluice.time, dev.sluice.observe.T",
        "dev.sluice.cancel, dev.sluice.T",
        "dev.sluice.internal.loop, dev.sluice.nowhere.T[]"
    })
    void lookingUpOrSidewaysIsFound(String from, String to) {
        String plain = to.replace("[]", "");
        Collection<Bytecode> classes = Snippet.compile(from, to + " field;", plain);
        assertThat(Ladder.check(classes))
                .extracting(Violation::toString)
                .anyMatch(text -> text.contains(plain) || text.contains("no rung"));
    }

    @Test
    void lookingDownPasses() {
        assertThat(Ladder.check(Snippet.compile("dev.sluice.task", "dev.sluice.time.T field;", "dev.sluice.time.T")))
                .isEmpty();
    }

    @Test
    void typeArgumentsCountAsLooking() {
        String member = "java.util.List<dev.sluice.task.T> field;";
        assertThat(Ladder.check(Snippet.compile("dev.sluice.time", member, "dev.sluice.task.T")))
                .singleElement()
                .asString()
                .contains("dev.sluice.task.T");
    }
}

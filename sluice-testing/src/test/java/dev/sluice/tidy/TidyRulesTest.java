package dev.sluice.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Each rule finds what it is for, and lets the cure pass.
@Tag("tidy")
class TidyRulesTest {
    private static final String CORE = "sluice-core/src/main/java/dev/sluice/X.java";
    private static final String LINUX = "sluice-core/src/main/java/dev/sluice/internal/linux/X.java";
    private static final String TEST = "sluice-core/src/test/java/dev/sluice/X.java";

    private static List<String> messages(SourceRule rule, String path, String code) {
        return rule.check(Source.parse(path, code)).stream()
                .map(Violation::toString)
                .toList();
    }

    @Test
    void longFileIsFound() {
        String code = "class X {}\n" + "// line\n".repeat(SizeRule.FILE_LINES);
        assertThat(messages(new SizeRule(), CORE, code))
                .singleElement()
                .asString()
                .contains("lines=501");
    }

    @Test
    void longMethodIsFoundWithItsLine() {
        String code = "class X {\n    void m() {\n" + "        m();\n".repeat(SizeRule.METHOD_LINES) + "    }\n}\n";
        assertThat(messages(new SizeRule(), CORE, code))
                .singleElement()
                .asString()
                .startsWith(CORE + ":2: method m: lines=62");
    }

    @Test
    void longParameterListIsFoundExceptForSystemCalls() {
        String code = "class X { void m(int a, int b, int c, int d, int e, int f) {} }";
        assertThat(messages(new SizeRule(), CORE, code))
                .singleElement()
                .asString()
                .contains("parameters=6");
        assertThat(messages(new SizeRule(), LINUX, code)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "STATE.getAcquire(this)",
                "STATE.setRelease(this, 1)",
                "STATE.compareAndSet(this, 0, 1)",
                "STATE.weakCompareAndSetAcquire(this, 0, 1)",
                "STATE.getAndAddRelease(this, 1)",
                "STATE.setOpaque(this, 1)",
                "java.lang.invoke.VarHandle.fullFence()"
            })
    void orderedAccessWithoutPartnerIsFound(String access) {
        String code = "class X {\n    void m() {\n        %s;\n    }\n}\n".formatted(access);
        assertThat(messages(new PairingRule(), CORE, code))
                .singleElement()
                .asString()
                .startsWith(CORE + ":3:");
        assertThat(messages(new PairingRule(), TEST, code))
                .as("tests may be shorter")
                .isEmpty();
    }

    static Stream<String> namedPartners() {
        return Stream.of(
                "class X {\n void m() {\n S.getAcquire(this); // Pairs with the release in n\n }\n}",
                "class X {\n void m() {\n // pairs with the release in n\n while ((int) S.getAcquire(this) == 0) {\n }\n }\n}",
                "class X {\n /// The state; pairs with the release in n.\n int m() {\n return (int) S.getAcquire(this);\n }\n}",
                "class X {\n private volatile int state; // pairs with itself: any thread\n}");
    }

    @ParameterizedTest
    @org.junit.jupiter.params.provider.MethodSource("namedPartners")
    void namedPartnerPasses(String code) {
        assertThat(messages(new PairingRule(), CORE, code)).isEmpty();
    }

    @Test
    void volatileFieldWithoutPartnerIsFound() {
        assertThat(messages(new PairingRule(), CORE, "class X {\n private volatile int state;\n}"))
                .singleElement()
                .asString()
                .contains("volatile state");
    }

    @Test
    void wordsInAStringAreNoComment() {
        String code = "class X {\n void m() {\n S.setRelease(this, \"pairs with\");\n }\n}";
        assertThat(messages(new PairingRule(), CORE, code)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "class X { void m() throws Exception { Thread.sleep(1); } }",
                "class X { void m() throws Exception { java.util.concurrent.TimeUnit.SECONDS.sleep(1); } }",
                "import static java.lang.Thread.sleep; class X { void m() throws Exception { sleep(1); } }",
                "class X { @Disabled void m() {} }",
                "@org.junit.jupiter.api.Disabled(\"flaky\") class X {}",
                "class X { @DisabledOnOs(OS.LINUX) void m() {} }"
            })
    void sleepingOrDisabledTestIsFound(String code) {
        assertThat(messages(new TestHabitRule(), TEST, code)).hasSize(1);
        assertThat(messages(new TestHabitRule(), CORE, code))
                .as("another rule's business")
                .isEmpty();
    }

    @Test
    void packageInfoWithoutDescriptionOrNullMarkedIsFound() {
        Source bare = Source.parse("sluice-core/src/main/java/dev/sluice/package-info.java", "package dev.sluice;");
        assertThat(TidyTest.checkPackageInfo(bare)).hasSize(2);
    }

    @Test
    void openEndsRegistriesAndMachinesAreFound() {
        String open = "TO" + "DO";
        assertThat(TextRule.check(
                        "x", List.of("// " + open + " later", "see repo1." + "maven.org", "cd /wo" + "rk/main")))
                .extracting(Violation::line)
                .containsExactly(1, 2, 3);
        assertThat(TextRule.check("x", List.of("// " + open + ": copy by hand until JDK-1234 is in 25.0.4")))
                .isEmpty();
    }
}

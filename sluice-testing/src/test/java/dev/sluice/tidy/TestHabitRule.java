package dev.sluice.tidy;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import java.util.List;
import java.util.Map;

/// Tests wait for a condition, never for a time, and none is switched off.
final class TestHabitRule implements SourceRule {
    /// Tests whose subject is the JDK's own sleep: a path suffix and why.
    static final Map<String, String> SLEEPS_ON_PURPOSE = Map.of(
            "sluice-core/src/test/java/dev/sluice/internal/testkit/JdkSleep.java", "how users' coroutines may sleep",
            "sluice-testing/src/test/java/dev/sluice/testing/SimulationFailureTest.java", "simulations refuse it",
            "sluice-testing/src/test/java/dev/sluice/testing/JdkClockProbe.java", "or let it end in virtual time");

    @Override
    public List<Violation> check(Source source) {
        boolean contract = source.path().startsWith("sluice-testing/src/main/");
        if (!source.isTest() && !contract) {
            return List.of();
        }
        boolean maySleep = SLEEPS_ON_PURPOSE.keySet().stream().anyMatch(source.path()::endsWith);
        return new Walk(source) {
            @Override
            public Void visitMethodInvocation(MethodInvocationTree call, Void unused) {
                if (!maySleep
                        && call.getMethodSelect() instanceof MemberSelectTree select
                        && select.getIdentifier().contentEquals("sleep")
                        && select.getExpression()
                                .toString()
                                .matches("(java\\.lang\\.)?Thread|(.*\\.)?TimeUnit\\.\\w+|[A-Z]+SECONDS")) {
                    report(call, select + ": wait for a condition or a latch, or let a virtual clock jump");
                }
                return super.visitMethodInvocation(call, null);
            }

            @Override
            public Void visitImport(ImportTree imported, Void unused) {
                if (!maySleep
                        && imported.isStatic()
                        && imported.getQualifiedIdentifier().toString().equals("java.lang.Thread.sleep")) {
                    report(imported, "Thread.sleep: wait for a condition or a latch, or let a virtual clock jump");
                }
                return super.visitImport(imported, null);
            }

            @Override
            public Void visitAnnotation(AnnotationTree annotation, Void unused) {
                if (annotation.getAnnotationType().toString().matches("(.*\\.)?Disabled\\w*")) {
                    report(annotation, annotation.getAnnotationType() + ": repair the test or delete it");
                }
                return super.visitAnnotation(annotation, null);
            }
        }.run();
    }
}

package dev.sluice.tidy;

import com.sun.source.tree.MethodTree;
import java.util.List;
import java.util.Map;

/// Files, methods and parameter lists stay small. The exceptions only shrink.
final class SizeRule implements SourceRule {
    static final int FILE_LINES = 500;
    static final int METHOD_LINES = 60;
    static final int PARAMETERS = 5;

    /// Where more parameters are not our choice: a path prefix and why.
    private static final Map<String, String> LONG_PARAMETER_LISTS = Map.of(
            "sluice-core/src/main/java/dev/sluice/internal/linux/", "a system call has the parameters of its man page");

    @Override
    public List<Violation> check(Source source) {
        return new Walk(source) {
            @Override
            public Void visitMethod(MethodTree method, Void unused) {
                int lines = source.lastLine(method) - source.firstLine(method) + 1;
                if (lines > METHOD_LINES) {
                    report(method, size("method " + method.getName(), "lines", lines, METHOD_LINES));
                }
                int parameters = method.getParameters().size();
                if (parameters > PARAMETERS && !mayBeLong(source)) {
                    report(method, size("method " + method.getName(), "parameters", parameters, PARAMETERS));
                }
                return super.visitMethod(method, null);
            }

            @Override
            List<Violation> run() {
                int lines = source.lines().size();
                if (lines > FILE_LINES) {
                    violations.add(Violation.of(source.path(), size("file", "lines", lines, FILE_LINES)));
                }
                return super.run();
            }
        }.run();
    }

    private static boolean mayBeLong(Source source) {
        return LONG_PARAMETER_LISTS.keySet().stream().anyMatch(source.path()::startsWith);
    }

    private static String size(String subject, String what, int value, int limit) {
        return subject + ": " + what + "=" + value + ", expected at most " + limit + ": one idea, one file, one method";
    }
}

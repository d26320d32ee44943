package dev.sluice.tidy;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.StatementTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.TreePath;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.lang.model.element.Modifier;

/// Each ordered memory access of the core says which access it pairs with.
///
/// The words "pairs with" stand on the line, in the four lines above the statement, or in the comment above a method so
/// short
/// that it is the access's name (an accessor).
final class PairingRule implements SourceRule {
    private static final int LINES_ABOVE = 4;
    private static final int ACCESSOR_LINES = 12;
    private static final Pattern ORDERED =
            Pattern.compile("getAcquire|setRelease|getOpaque|setOpaque|getVolatile|setVolatile"
                    + "|(weakC|c)ompareAnd(Set|Exchange)\\w*|getAnd(Set|Add|Bitwise)\\w*|lazySet|\\w+Fence");

    @Override
    public List<Violation> check(Source source) {
        if (!source.isCore()) {
            return List.of();
        }
        return new Walk(source) {
            @Override
            public Void visitMethodInvocation(MethodInvocationTree call, Void unused) {
                if (call.getMethodSelect() instanceof MemberSelectTree select
                        && ORDERED.matcher(select.getIdentifier()).matches()
                        && !named(source, getCurrentPath())) {
                    report(call, missing(select.getIdentifier().toString()));
                }
                return super.visitMethodInvocation(call, null);
            }

            @Override
            public Void visitVariable(VariableTree field, Void unused) {
                boolean isVolatile = field.getModifiers().getFlags().contains(Modifier.VOLATILE);
                int first = source.firstLine(field) - LINES_ABOVE;
                if (isVolatile && !mentionsPartner(source, first, source.lastLine(field))) {
                    report(field, missing("volatile " + field.getName()));
                }
                return super.visitVariable(field, null);
            }
        }.run();
    }

    private static boolean named(Source source, TreePath call) {
        Tree statement = call.getLeaf();
        TreePath path = call;
        while (path != null && !(path.getLeaf() instanceof MethodTree) && !(path.getLeaf() instanceof ClassTree)) {
            // the innermost statement only: a comment above a block says nothing about what stands deep in it
            if (path.getLeaf() instanceof StatementTree && !(statement instanceof StatementTree)) {
                statement = path.getLeaf();
            }
            path = path.getParentPath();
        }
        int last = source.lastLine(call.getLeaf());
        if (mentionsPartner(source, source.firstLine(statement) - LINES_ABOVE, last)) {
            return true;
        }
        return path != null && path.getLeaf() instanceof MethodTree method && accessorSaysIt(source, method);
    }

    private static boolean accessorSaysIt(Source source, MethodTree method) {
        int first = source.firstLine(method);
        if (source.lastLine(method) - first >= ACCESSOR_LINES) {
            return false;
        }
        int comment = first;
        while (source.line(comment - 1).strip().startsWith("//")) {
            comment--;
        }
        return mentionsPartner(source, comment, first);
    }

    private static boolean mentionsPartner(Source source, int first, int last) {
        for (int number = first; number <= last; number++) {
            String line = source.line(number);
            int comment = line.indexOf("//");
            if (comment >= 0 && line.toLowerCase(Locale.ROOT).indexOf("pairs with", comment) >= 0) {
                return true;
            }
        }
        return false;
    }

    private static String missing(String access) {
        return access + ": no comment says which access it pairs with (\"pairs with ...\")";
    }
}

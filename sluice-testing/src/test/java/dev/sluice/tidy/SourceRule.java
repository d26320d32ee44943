package dev.sluice.tidy;

import com.sun.source.tree.Tree;
import com.sun.source.util.TreePathScanner;
import java.util.ArrayList;
import java.util.List;

/// A habit that shows in one source file.
interface SourceRule {
    List<Violation> check(Source source);

    /// Walks the syntax of one file and notes what it finds.
    abstract class Walk extends TreePathScanner<Void, Void> {
        final Source source;
        final List<Violation> violations = new ArrayList<>();

        Walk(Source source) {
            this.source = source;
        }

        List<Violation> run() {
            scan(source.unit(), null);
            return violations;
        }

        final void report(Tree node, String message) {
            violations.add(new Violation(source.path(), source.firstLine(node), message));
        }
    }
}

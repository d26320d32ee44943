package dev.sluice.tidy;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/// A Java file as the rules see it: its lines, and its syntax with the line of each node.
record Source(String path, List<String> lines, CompilationUnitTree unit, SourcePositions positions) {
    /// Where a file stands, which decides the rules for it.
    boolean isTest() {
        return path.contains("/src/test/");
    }

    boolean isCore() {
        return path.startsWith("sluice-core/src/main/");
    }

    int firstLine(Tree node) {
        return line(positions.getStartPosition(unit, node));
    }

    int lastLine(Tree node) {
        return line(positions.getEndPosition(unit, node));
    }

    /// The text of a line, counted from 1; empty outside the file.
    String line(int number) {
        return number < 1 || number > lines.size() ? "" : lines.get(number - 1);
    }

    private int line(long position) {
        LineMap map = unit.getLineMap();
        return position < 0 ? 0 : (int) map.getLineNumber(position);
    }

    static List<Source> parse(List<Path> files) {
        List<Text> texts = new ArrayList<>();
        for (Path file : files) {
            String path = Project.ROOT.relativize(file).toString().replace('\\', '/');
            try {
                texts.add(new Text(path, Files.readString(file)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return parseTexts(texts);
    }

    /// A snippet under a path that says what kind of file it plays.
    static Source parse(String path, String code) {
        return parseTexts(List.of(new Text(path, code))).getFirst();
    }

    private static List<Source> parseTexts(List<Text> texts) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        JavacTask task = (JavacTask) compiler.getTask(null, null, null, List.of("-proc:none"), null, texts);
        SourcePositions positions = Trees.instance(task).getSourcePositions();
        List<Source> sources = new ArrayList<>();
        try {
            for (CompilationUnitTree unit : task.parse()) {
                JavaFileObject file = unit.getSourceFile();
                String path = file.toUri().getPath().substring(1);
                List<String> lines =
                        file.getCharContent(true).toString().lines().toList();
                sources.add(new Source(path, lines, unit, positions));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sources;
    }

    private static final class Text extends SimpleJavaFileObject {
        private final String code;

        Text(String path, String code) {
            super(URI.create("text:///" + path), JavaFileObject.Kind.SOURCE);
            this.code = code;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return code;
        }
    }
}

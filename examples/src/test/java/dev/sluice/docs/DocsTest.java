package dev.sluice.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Each message says where and what to do.
@Tag("tidy") // about the sources, so once is enough
class DocsTest {
    private static final Map<Path, Markdown> DOCUMENTS = new TreeMap<>();
    private static final Map<Path, Markdown> COMMENTS = new TreeMap<>();

    @BeforeAll
    static void read() {
        for (Path file : Project.files("", ".md")) {
            DOCUMENTS.put(file, Markdown.parse(Project.lines(file)));
        }
        for (Path file : Project.files("", "package-info.java")) {
            COMMENTS.put(file, Markdown.parseComments(Project.lines(file)));
        }
        assertThat(DOCUMENTS).containsKeys(Project.ROOT.resolve("README.md"), Project.ROOT.resolve("ARCHITECTURE.md"));
    }

    @Test
    void eachRelativeLinkLeadsSomewhere() {
        List<String> broken = new ArrayList<>();
        DOCUMENTS.forEach((file, document) -> {
            for (Markdown.Link link : document.links()) {
                if (!link.target().matches("[a-z]+:.*") && !leadsSomewhere(file, link.target())) {
                    broken.add(Project.name(file) + ":" + link.line() + ": " + link.target()
                            + " leads nowhere, expected a path from this file's folder, and a heading of that file");
                }
            }
        });
        assertThat(broken).isEmpty();
    }

    private static boolean leadsSomewhere(Path from, String target) {
        String[] parts = target.split("#", 2);
        Path file = parts[0].isEmpty() ? from : from.resolveSibling(parts[0]).normalize();
        if (!file.startsWith(Project.ROOT) || !Files.exists(file)) {
            return false;
        }
        Markdown document = DOCUMENTS.get(file);
        return parts.length == 1 || document == null || document.anchors().contains(parts[1]);
    }

    @Test
    void eachSnippetIsTheRegionItNames() {
        List<String> different = new ArrayList<>();
        DOCUMENTS.forEach((file, document) -> compare(file, document, different));
        COMMENTS.forEach((file, document) -> compare(file, document, different));
        assertThat(different).isEmpty();
    }

    private static void compare(Path file, Markdown document, List<String> different) {
        for (Markdown.Fence fence : document.fences()) {
            if (!fence.marked()) {
                continue;
            }
            Path source = Project.ROOT.resolve(fence.file());
            String where = Project.name(file) + ":" + fence.line() + ": " + fence.file() + "#" + fence.region();
            if (!Files.isRegularFile(source)) {
                different.add(where + " is no file");
                continue;
            }
            List<String> region = Region.of(Project.lines(source), fence.region());
            if (!region.equals(fence.code())) {
                different.add(where + " is different, expected:\n" + String.join("\n", region));
            }
        }
    }

    @Test
    void javaInTheReadmeAndTheGuideIsCompiled() {
        List<String> loose = new ArrayList<>();
        DOCUMENTS.forEach((file, document) -> {
            if (file.endsWith("README.md") || file.startsWith(Project.ROOT.resolve("docs"))) {
                for (Markdown.Fence fence : document.fences()) {
                    if (fence.language().equals("java") && !fence.marked()) {
                        loose.add(Project.name(file) + ":" + fence.line()
                                + ": Java without a source: take it from a region of examples/, and name that");
                    }
                }
            }
        });
        assertThat(loose).isEmpty();
    }

    @Test
    void eachPackageOfTheCoreStandsInTheArchitecture() {
        String text = String.join("\n", Project.lines(Project.ROOT.resolve("ARCHITECTURE.md")));
        String ladder = text.substring(text.indexOf("## The ladder"), text.indexOf("## Traps"));
        List<String> missing = new ArrayList<>();
        Path core = Project.ROOT.resolve("sluice-core/src/main/java/dev/sluice");
        for (Path file : Project.files("sluice-core/src/main/java/dev/sluice", "package-info.java")) {
            String name = core.relativize(file.getParent()).toString().replace('/', '.');
            if (!ladder.contains("`" + (name.isEmpty() ? "dev.sluice" : name) + "`")) {
                missing.add(name + ": not in the ladder of ARCHITECTURE.md, expected on its rung of Ladder.RUNGS");
            }
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void eachExampleIsShortAndShown() {
        List<String> shown = new ArrayList<>();
        DOCUMENTS.forEach((file, document) ->
                document.fences().stream().map(Markdown.Fence::file).forEach(shown::add));
        List<String> wrong = new ArrayList<>();
        for (Path file : Project.files("examples/src/main", ".java")) {
            List<String> lines = Project.lines(file);
            if (lines.size() >= 40) {
                wrong.add(Project.name(file) + ": lines=" + lines.size() + ", expected fewer than 40");
            }
            boolean program = lines.stream().anyMatch(line -> line.contains("static void main("));
            if (program && !shown.contains(Project.name(file))) {
                wrong.add(Project.name(file) + ": no document shows it");
            }
            if (!program && !file.endsWith("package-info.java")) {
                wrong.add(Project.name(file) + ": has no main");
            }
        }
        assertThat(wrong).isEmpty();
    }
}

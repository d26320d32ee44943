package dev.sluice.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The rules that read sources, over the whole tree.
@Tag("tidy")
class TidyTest {
    private static final List<SourceRule> RULES = List.of(new SizeRule(), new PairingRule(), new TestHabitRule());

    @Test
    void sourcesKeepTheHabits() {
        List<Violation> violations = new ArrayList<>();
        List<Source> sources = Project.sources();
        assertThat(sources).as("sources found under %s", Project.ROOT).hasSizeGreaterThan(20);
        for (Source source : sources) {
            for (SourceRule rule : RULES) {
                violations.addAll(rule.check(source));
            }
        }
        Violation.assertNone(violations);
    }

    @Test
    void everyPackageOfMainCodeIsDescribedAndNullMarked() {
        Set<String> packages = new TreeSet<>();
        List<Violation> violations = new ArrayList<>();
        for (Source source : Project.sources()) {
            if (source.path().contains("/src/main/java/dev/")) {
                packages.add(source.path().substring(0, source.path().lastIndexOf('/')));
            }
            if (source.path().endsWith("/package-info.java") && !source.isTest()) {
                violations.addAll(checkPackageInfo(source));
            }
        }
        for (String name : packages) {
            if (!Files.exists(Project.ROOT.resolve(name).resolve("package-info.java"))) {
                violations.add(Violation.of(
                        name, "no package-info.java: say the concept, the threads, the limits; @NullMarked"));
            }
        }
        Violation.assertNone(violations);
    }

    static List<Violation> checkPackageInfo(Source source) {
        List<Violation> violations = new ArrayList<>();
        if (source.lines().stream().noneMatch(line -> line.startsWith("///"))) {
            violations.add(Violation.of(source.path(), "no description of the package"));
        }
        if (source.unit().getPackageAnnotations().stream()
                .noneMatch(
                        annotation -> annotation.getAnnotationType().toString().endsWith("NullMarked"))) {
            violations.add(Violation.of(source.path(), "not @NullMarked"));
        }
        return violations;
    }

    @Test
    void noFileNamesOpenEndsRegistriesOrMachines() throws IOException {
        List<Violation> violations = new ArrayList<>();
        for (Path file : Project.files()) {
            violations.addAll(TextRule.check(Project.ROOT.relativize(file).toString(), lines(file)));
        }
        Violation.assertNone(violations);
    }

    private static List<String> lines(Path file) throws IOException {
        try {
            return Files.readAllLines(file);
        } catch (MalformedInputException e) {
            return List.of(); // a picture or the like
        }
    }
}

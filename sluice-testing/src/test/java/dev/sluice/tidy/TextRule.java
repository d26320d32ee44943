package dev.sluice.tidy;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// What no file of the project says, whatever its kind.
final class TextRule {
    // Put together here, so that this file does not break its own rule.
    private static final Pattern UNFINISHED = Pattern.compile("\\b(" + "TO" + "DO|FIX" + "ME|XX" + "X)\\b");
    private static final Pattern CURE = Pattern.compile("\\b(" + "TO" + "DO): \\S.*\\b(until|when|because|once)\\b.*");
    private static final Pattern REGISTRY =
            Pattern.compile("repo1?\\.maven\\.(apache\\.)?org|registry\\.npm" + "js|central\\.sona" + "type|oss\\.sona"
                    + "type|deb\\.deb" + "ian\\.org|pypi\\.(org|io)|proxy\\.gol" + "ang");
    private static final Pattern MACHINE = Pattern.compile("(?<![\\w.])/(" + "work|ro" + "ot)/\\w");

    private TextRule() {}

    static List<Violation> check(String path, List<String> lines) {
        List<Violation> violations = new ArrayList<>();
        int number = 0;
        for (String line : lines) {
            number++;
            if (UNFINISHED.matcher(line).find() && !CURE.matcher(line).find()) {
                violations.add(new Violation(
                        path,
                        number,
                        "an open end without a cure: finish it, or say in the same line until when it stays"));
            }
            if (REGISTRY.matcher(line).find()) {
                violations.add(new Violation(path, number, "a registry's host: leave it to the user's settings"));
            }
            if (MACHINE.matcher(line).find()) {
                violations.add(new Violation(path, number, "a path of one machine"));
            }
        }
        return violations;
    }
}

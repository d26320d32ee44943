package dev.sluice.docs;

import java.util.ArrayList;
import java.util.List;

/// A part of a source file between `// tag::name` and `// end::name`, as a document shows it: moved to the left margin,
/// without the tags inside.
final class Region {
    private Region() {}

    /// @throws IllegalArgumentException if the source has no such region, or it does not end
    static List<String> of(List<String> source, String name) {
        int start = indexOf(source, "// tag::" + name);
        int end = indexOf(source, "// end::" + name);
        if (start < 0 || end < start) {
            throw new IllegalArgumentException(
                    "region " + name + ": expected '// tag::" + name + "' and, below it, '// end::" + name + "'");
        }
        List<String> lines = new ArrayList<>();
        for (String line : source.subList(start + 1, end)) {
            if (!line.strip().matches("// (tag|end)::\\S+")) {
                lines.add(line);
            }
        }
        int margin = lines.stream()
                .filter(line -> !line.isBlank())
                .mapToInt(line -> line.length() - line.stripLeading().length())
                .min()
                .orElse(0);
        return lines.stream()
                .map(line -> line.isBlank() ? "" : line.substring(margin))
                .toList();
    }

    private static int indexOf(List<String> source, String line) {
        for (int i = 0; i < source.size(); i++) {
            if (source.get(i).strip().equals(line)) {
                return i;
            }
        }
        return -1;
    }
}

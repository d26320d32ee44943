package dev.sluice.docs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the checks need to know of one Markdown text: where it links, what one can link to, and its fenced code.
///
/// A fence that shows source code says so in a comment right above it, which is not rendered:
///
///     <!-- snippet: examples/src/main/java/dev/sluice/examples/Countdowns.java#sequential -->
///
/// @param anchors what a link's `#fragment` may name
record Markdown(List<Link> links, List<String> anchors, List<Fence> fences) {
    private static final Pattern FENCE = Pattern.compile("\\s*(`{3,})\\s*(\\w*).*");
    private static final Pattern MARKER = Pattern.compile("\\s*<!-- snippet: (\\S+)#(\\S+) -->\\s*");
    private static final Pattern HEADING = Pattern.compile("#{1,6} +(.*?) *#*");
    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\(([^)\\s]+)(?: \"[^\"]*\")?\\)");
    private static final Pattern CODE = Pattern.compile("`[^`]*`");

    /// @param target as written: `docs/vocabulary.md#loop`
    record Link(int line, String target) {}

    /// @param language as written after the backticks; may be empty
    /// @param file what the marker names, from the root of the project; empty without a marker
    record Fence(int line, String language, String file, String region, List<String> code) {
        boolean marked() {
            return !file.isEmpty();
        }
    }

    static Markdown parse(List<String> lines) {
        return new Parser(lines).parse();
    }

    /// The Markdown inside the `///` comments of a Java source; each line keeps its number.
    static Markdown parseComments(List<String> source) {
        return parse(source.stream()
                .map(line -> line.strip().startsWith("///") ? line.strip().replaceFirst("/// ?", "") : "")
                .toList());
    }

    /// The anchor that a heading gets on the usual forges: lower case, spaces to hyphens, other signs left out.
    static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT)
                .replaceAll("\\[([^\\]]*)]\\([^)]*\\)", "$1")
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
    }

    private static final class Parser {
        private final List<String> lines;
        private final List<Link> links = new ArrayList<>();
        private final List<String> anchors = new ArrayList<>();
        private final List<Fence> fences = new ArrayList<>();
        private final Map<String, Integer> seen = new HashMap<>();
        private final StringBuilder paragraph = new StringBuilder();
        private int at;
        private String file = "";
        private String region = "";

        Parser(List<String> lines) {
            this.lines = lines;
        }

        Markdown parse() {
            for (at = 0; at < lines.size(); at++) {
                String line = lines.get(at);
                Matcher fence = FENCE.matcher(line);
                Matcher marker = MARKER.matcher(line);
                if (line.isBlank() || fence.matches() || marker.matches()) {
                    endParagraph();
                }
                if (marker.matches()) {
                    file = marker.group(1);
                    region = marker.group(2);
                    continue;
                }
                if (fence.matches()) {
                    fence(fence.group(1), fence.group(2));
                } else {
                    text(line);
                }
                file = "";
                region = "";
            }
            endParagraph();
            return new Markdown(List.copyOf(links), List.copyOf(anchors), List.copyOf(fences));
        }

        private void fence(String backticks, String language) {
            int first = at;
            List<String> code = new ArrayList<>();
            for (at++; at < lines.size() && !lines.get(at).strip().equals(backticks); at++) {
                code.add(lines.get(at));
            }
            fences.add(new Fence(first + 1, language, file, region, List.copyOf(code)));
        }

        private void text(String line) {
            Matcher heading = HEADING.matcher(line);
            if (heading.matches()) {
                String anchor = anchor(heading.group(1));
                int times = seen.merge(anchor, 1, Integer::sum);
                anchors.add(times == 1 ? anchor : anchor + "-" + (times - 1));
            }
            paragraph.append(line).append('\n');
        }

        /// Links may go over the end of a line, so they are looked for in whole paragraphs.
        private void endParagraph() {
            int first =
                    at - (int) paragraph.chars().filter(sign -> sign == '\n').count();
            String text =
                    CODE.matcher(paragraph).replaceAll(code -> code.group().replaceAll("[^\n]", "x"));
            Matcher link = LINK.matcher(text);
            while (link.find()) {
                int before = (int) text.chars()
                        .limit(link.start())
                        .filter(sign -> sign == '\n')
                        .count();
                links.add(new Link(first + before + 1, link.group(1)));
            }
            paragraph.setLength(0);
        }
    }
}

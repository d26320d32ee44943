package dev.sluice.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The checks of the documents can fail: what they look for is found where it is, and only there.
@Tag("tidy")
class MarkdownTest {
    @Test
    void linksAreFoundOutsideOfCode() {
        Markdown parsed = parse("""
                See [the tick](ARCHITECTURE.md#the-tick), [b](b.md), `[not](this.md)` and [a
                text of two lines](c.md).
                ```text
                [nor](that.md)
                ```
                ![picture](docs/picture.svg "title")
                """);
        assertThat(parsed.links())
                .containsExactly(
                        new Markdown.Link(1, "ARCHITECTURE.md#the-tick"),
                        new Markdown.Link(1, "b.md"),
                        new Markdown.Link(1, "c.md"),
                        new Markdown.Link(6, "docs/picture.svg"));
    }

    @Test
    void headingsBecomeAnchors() {
        Markdown parsed = parse("""
                # What `Sluice.run` does, step by step
                ## Threads
                ```sh
                # not a heading
                ```
                ## Threads
                """);
        assertThat(parsed.anchors()).containsExactly("what-sluicerun-does-step-by-step", "threads", "threads-1");
    }

    @Test
    void onlyTheMarkerRightAboveBelongsToAFence() {
        Markdown parsed = parse("""
                <!-- snippet: a/B.java#one -->
                ```java
                one();

                more();
                ```
                <!-- snippet: a/B.java#two -->

                ```java
                two();
                ```
                """);
        assertThat(parsed.fences())
                .containsExactly(
                        new Markdown.Fence(2, "java", "a/B.java", "one", List.of("one();", "", "more();")),
                        new Markdown.Fence(9, "java", "", "", List.of("two();")));
    }

    @Test
    void commentsOfASourceAreMarkdown() {
        Markdown parsed = Markdown.parseComments(List.of(
                "/// Text.",
                "///",
                "/// <!-- snippet: a/B.java#one -->",
                "/// ```java",
                "/// if (x) {",
                "///     one();",
                "/// }",
                "/// ```",
                "package a;"));
        assertThat(parsed.fences())
                .containsExactly(
                        new Markdown.Fence(4, "java", "a/B.java", "one", List.of("if (x) {", "    one();", "}")));
    }

    @Test
    void regionIsMovedToTheMarginWithoutTagsInside() {
        List<String> source = """
                class A {
                    // tag::outer
                    void a() {
                        // tag::inner
                        b();
                        // end::inner

                    }
                    // end::outer
                }
                """.lines().toList();
        assertThat(Region.of(source, "outer")).containsExactly("void a() {", "    b();", "", "}");
        assertThat(Region.of(source, "inner")).containsExactly("b();");
        assertThatThrownBy(() -> Region.of(source, "none")).hasMessageContaining("region none");
    }

    private static Markdown parse(String text) {
        return Markdown.parse(text.lines().toList());
    }
}

package dev.sluice.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.internal.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// What can be set is what the documents say that can be set. That the core reads no other property is a [Ban].
class SettingsTest {
    private static final Path GUIDE = Project.ROOT.resolve("docs/guide/getting-started.md");
    private static final Pattern SET = Pattern.compile("-D(dev\\.sluice\\.\\w+(\\.\\w+)*)");

    @Test
    void guideListsEachSettingWithItsDefault() throws IOException {
        List<String> rows = Files.readAllLines(GUIDE).stream()
                .filter(line -> line.startsWith("| `dev.sluice."))
                .toList();
        assertThat(rows)
                .as("the rows of %s, each as Setting says it", GUIDE)
                .containsExactlyElementsOf(
                        Arrays.stream(Setting.values()).map(SettingsTest::row).toList());
    }

    private static String row(Setting setting) {
        String usual = setting.usual().isEmpty() ? "none" : "`" + setting.usual() + "`";
        return "| `" + setting.property() + "` | " + usual + " | " + setting.purpose() + " |";
    }

    /// In documents, in comments, and in the launcher.
    @Test
    void nothingElseIsToldToBeSet() throws IOException {
        Set<String> told = new TreeSet<>();
        for (Path file : Project.files()) {
            if (file.toString().matches(".*\\.(md|java)|.*/sluice")) {
                SET.matcher(Files.readString(file))
                        .results()
                        .map(match -> match.group(1))
                        .forEach(told::add);
            }
        }
        assertThat(told)
                .as("properties that the project's texts say how to set, and all there are in Setting")
                .isEqualTo(Arrays.stream(Setting.values())
                        .map(Setting::property)
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    void onlyTheOppositeOfTheDefaultChangesIt() {
        assertThat(isOn(Setting.CHANNEL_USERS, "true")).isTrue();
        assertThat(isOn(Setting.CHANNEL_USERS, "false")).isFalse();
        assertThat(isOn(Setting.CHANNEL_USERS, "yes")).isFalse();
        assertThat(isOn(Setting.JDK_SOCKETS, "false")).isFalse();
        assertThat(isOn(Setting.JDK_SOCKETS, "true")).isTrue();
        assertThat(isOn(Setting.JDK_SOCKETS, "no")).isTrue();
    }

    private static boolean isOn(Setting setting, String value) {
        String before = System.setProperty(setting.property(), value);
        try {
            return setting.isOn();
        } finally {
            if (before == null) {
                System.clearProperty(setting.property());
            } else {
                System.setProperty(setting.property(), before);
            }
        }
    }
}

package dev.sluice.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The public API is a file under `api/`, so that a change to it is seen in review.
@Tag("tidy")
class ApiFileTest {
    private static final String UPDATE = "./build -q -pl sluice-testing -am test -Dtest=ApiFileTest -Dapi.update=true";

    /// A published module.
    enum Module {
        CORE,
        TESTING;

        Path file() {
            String name = this == CORE ? "sluice-core" : "sluice-testing";
            return Project.ROOT.resolve("api").resolve(name + ".api.txt");
        }

        Map<String, byte[]> classes() {
            return this == CORE ? Project.coreClasses() : Project.testingClasses();
        }
    }

    @ParameterizedTest
    @EnumSource
    void apiIsTheOneInTheFile(Module module) throws IOException {
        Path file = module.file();
        String now = ApiText.of(module.classes());
        if (Boolean.getBoolean("api.update")) {
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            Files.writeString(file, now);
        }
        String before = Files.exists(file) ? Files.readString(file) : "";
        assertThat(now)
                .as("%s differs from the code. If the change is meant: %s, and commit the file", file, UPDATE)
                .isEqualTo(before);
    }

    @Test
    void aChangeOfTheApiChangesTheText() {
        StringBuilder text = new StringBuilder();
        ApiText.describe(ApiSample.class, text);
        ApiText.describe(ApiSample.Kind.class, text);
        assertThat(text.toString().lines().map(String::strip))
                .containsExactly(
                        "public abstract class ApiSample<T extends Comparable<T>> implements Runnable",
                        "protected abstract <R> List<? extends R> answer(T[], @Nullable String) throws IOException",
                        "protected new(int)",
                        "public static final int LIMIT",
                        "public enum ApiSample.Kind",
                        "public static final ApiSample.Kind ONE");
    }

    @Test
    void whatIsNotVisibleIsNotApi() {
        StringBuilder text = new StringBuilder();
        ApiText.describe(Project.class, text);
        assertThat(text).isEmpty();
    }
}

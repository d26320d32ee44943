package dev.sluice.testing;

import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// Which seeds to run, as the command line says: the one place that reads the properties.
///
/// `-Dsluice.seed=17` is that one only; `-Dsluice.seeds=10000` is that many, from 0; without both it is what
/// the test says.
final class Seeds {
    static final String ONE = "sluice.seed";
    private static final String MANY = "sluice.seeds";

    /// How to run tests from a command line, for messages.
    private static final String COMMAND = "sluice.command";

    private Seeds() {}

    static LongStream of(int usual) {
        Long one = number(ONE);
        if (one != null) {
            return LongStream.of(one);
        }
        Long many = number(MANY);
        long count = many == null ? usual : many;
        if (count < 1) {
            throw new IllegalArgumentException("seeds: count=" + count + ", expected at least 1");
        }
        return LongStream.range(0, count);
    }

    private static @Nullable Long number(String property) {
        String text = System.getProperty(property);
        if (text == null || text.isBlank()) {
            return null;
        }
        try {
            return Long.decode(text.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("property " + property + "=" + text + ", expected a number", e);
        }
    }

    /// The command that runs one test with one seed.
    ///
    /// @param test a class, or a class and a method: `ShopTest#sells`
    static String command(String test, long seed) {
        return System.getProperty(COMMAND, "mvn test") + " -Dtest='" + test + "' -D" + ONE + "=" + seed;
    }
}

package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.loop.Loops;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// What a program printed. Replaces `System.out` meanwhile, so only one at a time.
///
/// @param lines without their line ends
record Printed(List<String> lines) {
    /// A `main` method.
    @FunctionalInterface
    interface Program {
        void main() throws Exception;
    }

    static Printed by(Program program) throws Exception {
        PrintStream before = System.out;
        var bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            program.main();
        } finally {
            System.setOut(before);
        }
        return new Printed(bytes.toString(StandardCharsets.UTF_8).lines().toList());
    }

    /// In this order where loops schedule their coroutines; on the JDK's scheduler several may run at the same time.
    void consistsOf(String... expected) {
        if (Loops.probe().confined()) {
            assertThat(lines).containsExactly(expected);
        } else {
            assertThat(lines).containsExactlyInAnyOrder(expected);
        }
    }
}

package dev.sluice.internal.sched;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// What users are told to start their JVM with.
class OpenFlagTest {
    @Test
    void namesWhoNeedsIt() {
        assertThat(VirtualThreads.audience(OpenFlagTest.class.getClassLoader().getUnnamedModule()))
                .isEqualTo("ALL-UNNAMED");
        assertThat(VirtualThreads.audience(Object.class.getModule())).isEqualTo("java.base");
        assertThat(VirtualThreads.OPEN_FLAG)
                .startsWith("--add-opens java.base/java.lang=")
                .endsWith(VirtualThreads.AUDIENCE);
    }
}

package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// The JVM of the tests is the one that they assume; Maven's own may be another.
class TestJvmTest {
    @Test
    void jdkIs25OrNewer() {
        assertThat(Runtime.version().feature()).isGreaterThanOrEqualTo(25);
    }

    @Test
    void assertionsAreOn() {
        assertThat(TestJvmTest.class.desiredAssertionStatus()).isTrue();
    }

    @Test
    void javaLangIsOpenUnlessTheFallbackIsTested() {
        boolean open = Object.class.getModule().isOpen("java.lang", TestJvmTest.class.getModule());
        assertThat(open).isEqualTo(!Boolean.getBoolean("sluice.fallback.expected"));
    }

    @Test
    void nativeCallsAreAllowed() {
        assertThat(TestJvmTest.class.getModule().isNativeAccessEnabled()).isTrue();
    }
}

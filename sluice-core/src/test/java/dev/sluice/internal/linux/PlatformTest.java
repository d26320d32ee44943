package dev.sluice.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class PlatformTest {
    @Test
    void takesTheTwoArchitecturesItHasLayoutsFor() {
        assertThat(Platform.refusal("Linux", "amd64", ByteOrder.LITTLE_ENDIAN)).isNull();
        assertThat(Platform.refusal("Linux", "x86_64", ByteOrder.LITTLE_ENDIAN)).isNull();
        assertThat(Platform.refusal("Linux", "aarch64", ByteOrder.LITTLE_ENDIAN))
                .isNull();
    }

    @Test
    void refusesOthersWithTheReason() {
        assertThat(Platform.refusal("Mac OS X", "aarch64", ByteOrder.LITTLE_ENDIAN))
                .isEqualTo("system=Mac OS X, expected Linux");
        assertThat(Platform.refusal("Linux", "riscv64", ByteOrder.LITTLE_ENDIAN))
                .isEqualTo("architecture=riscv64, expected x86_64 or aarch64");
        assertThat(Platform.refusal("Linux", "aarch64", ByteOrder.BIG_ENDIAN))
                .isEqualTo("byte order=BIG_ENDIAN, expected LITTLE_ENDIAN");
    }
}

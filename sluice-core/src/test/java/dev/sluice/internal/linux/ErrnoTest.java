package dev.sluice.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ErrnoTest {
    @Test
    void knowsNamesAndTexts() {
        assertThat(Errno.describe(Errno.ECONNRESET)).isEqualTo("ECONNRESET (Connection reset by peer)");
        assertThat(Errno.name(Errno.ENOENT)).isEqualTo("ENOENT");
        assertThat(Errno.name(133)).isEqualTo("EHWPOISON");
    }

    @Test
    void namesTheUnknownByNumber() {
        assertThat(Errno.name(0)).isEqualTo("E0");
        assertThat(Errno.name(41)).as("a gap in the kernel's numbers").isEqualTo("E41");
        assertThat(Errno.describe(4000)).isEqualTo("E4000");
        assertThat(Errno.name(-5)).isEqualTo("E-5");
    }

    @Test
    void saysWhatFailedOnWhat() {
        assertThat(Errno.message("read", "pipe 7", -Errno.ECONNRESET))
                .isEqualTo("read pipe 7: ECONNRESET (Connection reset by peer)");
        assertThat(Errno.exception("write", "stdout", -Errno.EPIPE)).hasMessage("write stdout: EPIPE (Broken pipe)");
    }

    @Test
    void agreesWithTheKernel() {
        CallState state = new CallState();
        assertThat(Unistd.close(state, -1)).isEqualTo(-Errno.EBADF);
        assertThat(PidFd.open(state, -1)).isEqualTo(-Errno.EINVAL);
        assertThat(Fcntl.open(state, Child.bytes("/nowhere/at/all"), Fcntl.O_RDONLY, 0))
                .isEqualTo(-Errno.ENOENT);
        assertThat(Fcntl.open(state, Child.bytes("/"), Fcntl.O_WRONLY, 0)).isEqualTo(-21 /* EISDIR */);
    }
}

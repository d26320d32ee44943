package dev.sluice.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(DescriptorLeaks.class)
class UnistdTest {
    private static final int BYTES = 4096;

    private final CallState state = new CallState();
    private long buffer;
    private int in;
    private int out;

    @BeforeEach
    void open() {
        buffer = Memory.allocate(BYTES);
        long pipe = Unistd.pipe2(state, Fcntl.O_CLOEXEC);
        assertThat(pipe).isPositive();
        in = Unistd.readEnd(pipe);
        out = Unistd.writeEnd(pipe);
    }

    @AfterEach
    void close() {
        Unistd.close(state, in);
        Unistd.close(state, out);
        Memory.free(buffer);
    }

    @Test
    void movesBytesThroughAPipe() {
        byte[] sent = Child.bytes("hello");
        Memory.copy(sent, 0, buffer, sent.length);
        assertThat(Unistd.write(state, out, buffer, sent.length)).isEqualTo(sent.length);
        assertThat(Unistd.read(state, in, buffer + 100, BYTES - 100)).isEqualTo(sent.length);
        byte[] received = new byte[sent.length];
        Memory.copy(buffer + 100, received, 0, sent.length);
        assertThat(received).isEqualTo(sent);
    }

    @Test
    void saysEndAndBrokenPipe() {
        assertThat(Unistd.close(state, out)).isZero();
        assertThat(Unistd.read(state, in, buffer, BYTES)).isZero();
        long other = Unistd.pipe2(state, Fcntl.O_CLOEXEC);
        assertThat(Unistd.close(state, Unistd.readEnd(other))).isZero();
        assertThat(Unistd.write(state, Unistd.writeEnd(other), buffer, 1)).isEqualTo(-Errno.EPIPE);
        assertThat(Unistd.close(state, Unistd.writeEnd(other))).isZero();
        out = in; // closed already; the second close of `in` is EBADF, which the clean-up allows
    }

    @Test
    void setsFlagsOfDescriptorsAndDescriptions() {
        assertThat(Fcntl.getDescriptorFlags(state, in)).isEqualTo(Fcntl.FD_CLOEXEC);
        assertThat(Fcntl.setDescriptorFlags(state, in, 0)).isZero();
        assertThat(Fcntl.getDescriptorFlags(state, in)).isZero();
        assertThat(Fcntl.getStatusFlags(state, in)).isEqualTo(Fcntl.O_RDONLY);
        assertThat(Fcntl.setStatusFlags(state, in, Fcntl.O_NONBLOCK)).isZero();
        assertThat(Fcntl.getStatusFlags(state, in)).isEqualTo(Fcntl.O_NONBLOCK);
        assertThat(Unistd.read(state, in, buffer, 1)).isEqualTo(-Errno.EAGAIN);
        assertThat(Fcntl.getStatusFlags(state, out))
                .as("the other end is another description")
                .isEqualTo(Fcntl.O_WRONLY);
    }

    @Test
    void sizesPipes() {
        assertThat(Fcntl.setPipeSize(state, in, 5000)).as("rounded up to pages").isEqualTo(8192);
        assertThat(Fcntl.getPipeSize(state, out)).isEqualTo(8192);
    }

    @Test
    void duplicatesFromANumberOn() {
        int copy = Unistd.dupCloseOnExec(state, in, 200);
        assertThat(copy).isGreaterThanOrEqualTo(200);
        assertThat(Fcntl.getDescriptorFlags(state, copy)).isEqualTo(Fcntl.FD_CLOEXEC);
        assertThat(Unistd.close(state, copy)).isZero();
    }

    @Test
    void readsAndWritesAFileAtAnOffset(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("naïve name"); // bytes that are not ASCII
        byte[] name = Child.bytes(file.toString());
        int fd = Fcntl.open(state, name, Fcntl.O_RDWR | Fcntl.O_CREAT | Fcntl.O_EXCL | Fcntl.O_CLOEXEC, 0600);
        assertThat(fd).isPositive();
        Memory.copy(Child.bytes("abcd"), 0, buffer, 4);
        assertThat(Unistd.pwrite(state, fd, buffer, 4, 10)).isEqualTo(4);
        assertThat(Unistd.pread(state, fd, buffer + 8, 100, 12)).isEqualTo(2);
        assertThat((char) Memory.getByte(buffer + 8)).isEqualTo('c');
        assertThat(Unistd.read(state, fd, buffer, 100))
                .as("its own position has not moved")
                .isEqualTo(14);
        assertThat(Unistd.close(state, fd)).isZero();
        assertThat(Files.size(file)).isEqualTo(14);
        assertThat(Fcntl.open(state, name, Fcntl.O_WRONLY | Fcntl.O_CREAT | Fcntl.O_EXCL, 0600))
                .isEqualTo(-Errno.EEXIST);
    }

    @Test
    void knowsTerminals() {
        assertThat(Unistd.isatty(state, in)).isFalse();
        assertThat(Unistd.isatty(state, -1)).isFalse();
        int terminal = Fcntl.open(state, Child.bytes("/dev/ptmx"), Fcntl.O_RDWR | Fcntl.O_CLOEXEC, 0);
        assertThat(terminal).isPositive();
        assertThat(Unistd.isatty(state, terminal)).isTrue();
        assertThat(Unistd.close(state, terminal)).isZero();
    }

    @Test
    void tellsFilesApart(@TempDir Path directory) {
        assertThat(Stat.type(state, in)).isEqualTo(Stat.S_IFIFO);
        assertThat(Stat.type(state, -1)).isEqualTo(-Errno.EBADF);
        assertThat(Stat.type(state, Child.bytes("/dev/null"))).isEqualTo(Stat.S_IFCHR);
        assertThat(Stat.type(state, Child.bytes("/proc/self/status"))).isEqualTo(Stat.S_IFREG);
        assertThat(Stat.type(state, Child.bytes(directory.toString()))).isEqualTo(Stat.S_IFDIR);
        assertThat(Stat.type(state, Child.bytes(directory + "/none"))).isEqualTo(-Errno.ENOENT);
    }
}

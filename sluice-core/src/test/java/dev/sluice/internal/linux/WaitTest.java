package dev.sluice.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(DescriptorLeaks.class)
class WaitTest {
    private final CallState state = new CallState();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 42, 127, 255})
    void decodesExitCodes(int code) {
        int pid = Child.start(Child.shell("exit " + code));
        ExitStatus status = Child.await(state, pid);
        assertThat(status).isEqualTo(new ExitStatus(code, 0, false));
        assertThat(status).hasToString("exit code " + code);
    }

    @ParameterizedTest
    @ValueSource(ints = {Signals.SIGHUP, Signals.SIGINT, Signals.SIGKILL, Signals.SIGTERM})
    void decodesSignals(int signal) {
        // What a background build ignores, its children would ignore, too.
        String script = "exec env --default-signal sh -c 'kill -" + signal + " $$'";
        int pid = Child.start(Child.shell(script));
        ExitStatus status = Child.await(state, pid);
        assertThat(status).isEqualTo(new ExitStatus(128 + signal, signal, false));
        assertThat(status).hasToString("signal " + Signals.name(signal));
    }

    @Test
    void doesNotTakeACodeForASignal() {
        int pid = Child.start(Child.shell("exit 137"));
        assertThat(Child.await(state, pid)).isEqualTo(new ExitStatus(137, 0, false));
    }

    @Test
    void tellsWhetherACoreWasWritten() {
        // The kernel says CLD_DUMPED only where cores are allowed, which a test cannot count on.
        assertThat(Wait.decode(3, Signals.SIGSEGV)).isEqualTo(new ExitStatus(139, Signals.SIGSEGV, true));
        assertThat(Wait.decode(3, Signals.SIGSEGV)).hasToString("signal SIGSEGV, core dumped");
        assertThat(Wait.decode(2, Signals.SIGSEGV)).isEqualTo(new ExitStatus(139, Signals.SIGSEGV, false));
    }

    @Test
    void waitsOnlyForItsOwn() {
        int pidfd = PidFd.open(state, Unistd.getpid(state));
        assertThat(pidfd).isPositive();
        assertThat(Wait.waitid(state, pidfd, Wait.WEXITED)).isEqualTo(-Errno.ECHILD);
        assertThat(Unistd.close(state, pidfd)).isZero();
    }

    @Test
    void looksWithoutWaitingAndReapsOnce() {
        long pipe = Unistd.pipe2(state, Fcntl.O_CLOEXEC);
        int pid = Child.start(Child.shell("read line; exit 3").duplicate(Unistd.readEnd(pipe), 0));
        int pidfd = PidFd.open(state, pid);
        assertThat(Wait.waitid(state, pidfd, Wait.WEXITED | Wait.WNOHANG)).isZero();
        assertThat(Wait.status(state)).as("still reads").isNull();
        assertThat(Poll.poll(state, pidfd, Poll.POLLIN)).isZero();

        assertThat(Unistd.close(state, Unistd.writeEnd(pipe))).isZero();
        assertThat(Unistd.close(state, Unistd.readEnd(pipe))).isZero();
        assertThat(Wait.waitid(state, pidfd, Wait.WEXITED | Wait.WNOWAIT)).isZero();
        assertThat(Wait.status(state)).isEqualTo(new ExitStatus(3, 0, false));
        assertThat(Poll.poll(state, pidfd, Poll.POLLIN)).isEqualTo(Poll.POLLIN);
        assertThat(Wait.waitid(state, pidfd, Wait.WEXITED | Wait.WNOHANG)).isZero();
        assertThat(Wait.status(state)).isEqualTo(new ExitStatus(3, 0, false));
        assertThat(Wait.waitid(state, pidfd, Wait.WEXITED | Wait.WNOHANG)).isEqualTo(-Errno.ECHILD);
        assertThat(Unistd.close(state, pidfd)).isZero();
    }

    @Test
    void signalsThroughThePidfd() {
        int pid = Child.start(Child.shell("read line < /dev/zero"));
        int pidfd = PidFd.open(state, pid);
        assertThat(PidFd.sendSignal(state, pidfd, 0)).isZero();
        assertThat(PidFd.sendSignal(state, pidfd, Signals.SIGKILL)).isZero();
        assertThat(Wait.waitid(state, pidfd, Wait.WEXITED)).isZero();
        assertThat(Wait.status(state)).isEqualTo(new ExitStatus(137, Signals.SIGKILL, false));
        assertThat(PidFd.sendSignal(state, pidfd, 0)).isEqualTo(-Errno.ESRCH);
        assertThat(Unistd.close(state, pidfd)).isZero();
        assertThat(PidFd.open(state, pid)).as("reaped").isEqualTo(-Errno.ESRCH);
    }

    @Test
    void namesSignals() {
        assertThat(Signals.name(1)).isEqualTo("SIGHUP");
        assertThat(Signals.name(Signals.SIGCHLD)).isEqualTo("SIGCHLD");
        assertThat(Signals.name(31)).isEqualTo("SIGSYS");
        assertThat(Signals.name(34)).isEqualTo("SIG34");
        assertThat(Signals.name(0)).isEqualTo("SIG0");
    }
}

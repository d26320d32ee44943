package dev.sluice.internal.poll;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.Fcntl;
import dev.sluice.internal.linux.Memory;
import dev.sluice.internal.linux.SocketPair;
import dev.sluice.internal.linux.Unistd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/// A poller on a thread of its own, with what a test needs around it. A test that hangs fails with the stack of
/// that thread.
final class Rig {
    /// What a test does on the loop thread.
    interface Body {
        void run(Rig rig) throws Exception;
    }

    /// Makes the poller.
    interface Maker {
        Poller make() throws Exception;
    }

    private static final int FIXED_NUMBER = 700;
    private static final int BUFFER = 1 << 20;
    private static final long HANG_MILLIS = 60_000;
    private static final long FOREVER = Long.MAX_VALUE;

    final Poller poller;
    final CallState state = new CallState();
    final long buffer = Memory.allocate(BUFFER);

    private final List<Integer> owned = new ArrayList<>();
    private boolean closed;

    private Rig(Poller poller) {
        this.poller = poller;
    }

    static void run(Maker maker, Body body) throws Exception {
        var failure = new AtomicReference<Throwable>();
        var thread = new Thread(() -> {
            try {
                runHere(maker, body);
            } catch (Throwable thrown) {
                failure.set(thrown);
            }
        });
        thread.setDaemon(true);
        thread.start();
        thread.join(HANG_MILLIS);
        if (thread.isAlive()) {
            var hanging = new AssertionError("the loop thread hangs");
            hanging.setStackTrace(thread.getStackTrace());
            throw hanging;
        }
        if (failure.get() != null) {
            throw new AssertionError(failure.get().toString(), failure.get());
        }
    }

    private static void runHere(Maker maker, Body body) throws Exception {
        Poller poller = maker.make();
        poller.open();
        var rig = new Rig(poller);
        boolean passed = false;
        try {
            body.run(rig);
            passed = rig.closed || poller.inFlight() == 0;
            assertThat(passed).as("nothing left in flight").isTrue();
        } finally {
            if (!passed) {
                rig.closePoller(); // ends what is in flight, so that the descriptors can be closed
            }
            List.copyOf(rig.owned).forEach(rig::close);
            rig.closePoller();
            Memory.free(rig.buffer);
        }
    }

    void closePoller() {
        if (!closed) {
            closed = true;
            poller.close();
        }
    }

    /// A pipe, both ends prepared and closed after the test.
    Pipe pipe() {
        Pipe pipe = foreignPipe();
        return new Pipe(own(pipe.in()), own(pipe.out()));
    }

    /// A pipe whose read end has a number that nobody else in this JVM gets: closed, it is the next one's.
    Pipe pipeAtFixedNumber() {
        Pipe pipe = foreignPipe();
        int in = Unistd.dupCloseOnExec(state, pipe.in(), FIXED_NUMBER);
        closeForeign(pipe.in());
        return new Pipe(own(in), own(pipe.out()));
    }

    /// Two ends that are both read and written, told nothing of to the poller.
    Pipe foreignSockets() {
        long ends = SocketPair.open(state);
        return new Pipe(Unistd.readEnd(ends), Unistd.writeEnd(ends));
    }

    /// A pipe that the poller is told nothing of; the test closes it by [#closeForeign].
    Pipe foreignPipe() {
        long ends = Unistd.pipe2(state, Fcntl.O_CLOEXEC);
        assertThat(ends).as("pipe2").isPositive();
        return new Pipe(Unistd.readEnd(ends), Unistd.writeEnd(ends));
    }

    /// Takes over a descriptor that the test has opened.
    int own(int fd) {
        assertThat(fd).as(fd < 0 ? Errno.describe(-fd) : "descriptor").isNotNegative();
        poller.prepare(fd);
        owned.add(fd);
        return fd;
    }

    void close(int fd) {
        owned.remove(Integer.valueOf(fd));
        if (!closed) {
            poller.release(fd);
        }
        closeForeign(fd);
    }

    void closeForeign(int fd) {
        assertThat(Unistd.close(state, fd)).as("close %d", fd).isZero();
    }

    void submit(Operation... operations) {
        for (Operation operation : operations) {
            poller.submit(operation);
        }
    }

    /// Polls until each has completed once more than now.
    void await(Recorded... operations) {
        int[] before = Arrays.stream(operations).mapToInt(o -> o.completions).toArray();
        for (int i = 0; i < operations.length; i++) {
            while (operations[i].completions == before[i]) {
                poller.poll(FOREVER);
            }
        }
    }

    /// Submits and polls until all have completed.
    void perform(Recorded... operations) {
        int[] before = Arrays.stream(operations).mapToInt(o -> o.completions).toArray();
        submit(operations);
        for (int i = 0; i < operations.length; i++) {
            while (operations[i].completions == before[i]) {
                poller.poll(FOREVER);
            }
            assertThat(operations[i].completions)
                    .as("completions of %s", operations[i])
                    .isEqualTo(before[i] + 1);
        }
    }

    /// Polls some more, so that whatever would come by mistake has come.
    void settle() {
        for (int i = 0; i < 5; i++) {
            poller.poll(i == 4 ? 1_000_000 : 0);
        }
    }

    /// Writes by a plain system call, beside the poller.
    int writeDirectly(int fd, int bytes) {
        return Unistd.write(state, fd, buffer, bytes);
    }

    int readDirectly(int fd, int bytes) {
        return Unistd.read(state, fd, buffer, bytes);
    }

    /// Fills a pipe to the brim.
    int fill(Pipe pipe) {
        int flags = Fcntl.getStatusFlags(state, pipe.out());
        assertThat(Fcntl.setStatusFlags(state, pipe.out(), flags | Fcntl.O_NONBLOCK))
                .isZero();
        int total = 0;
        for (int n; (n = writeDirectly(pipe.out(), BUFFER)) > 0; ) {
            total += n;
        }
        assertThat(Fcntl.setStatusFlags(state, pipe.out(), flags)).isZero();
        return total;
    }

    /// The two ends of a pipe.
    record Pipe(int in, int out) {}
}

package dev.sluice.io;

import dev.sluice.internal.io.LoopCalls;
import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Fcntl;
import dev.sluice.internal.linux.Stat;
import dev.sluice.internal.loop.EventLoop;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.nio.charset.StandardCharsets;

/// This process's standard input, output and error, whatever they are: files, pipes, terminals, sockets,
/// `/dev/null`.
///
/// They have no buffers, and know nothing of those of [System#in] and [System#out]: use one or the other. Their
/// flags, which other processes share, are left alone: a pipe or terminal is opened a second time instead.
/// Closing one ends its use by this loop; descriptors 0 to 2 stay open, as the JVM uses them.
///
/// Each loop has its own three. On a loop whose poller performs no operations they are [BlockingStreams], which
/// all such loops share.
///
/// Threads: a coroutine.
public final class StandardStreams {
    private static final String[] NAMES = {"stdin", "stdout", "stderr"};

    private StandardStreams() {}

    /// The blocking ones, made when they are first needed.
    private static final class Blocking {
        static final ByteSource IN = BlockingStreams.source(new FileInputStream(FileDescriptor.in), NAMES[0]);
        static final ByteSink OUT = BlockingStreams.sink(new FileOutputStream(FileDescriptor.out), NAMES[1]);
        static final ByteSink ERR = BlockingStreams.sink(new FileOutputStream(FileDescriptor.err), NAMES[2]);
    }

    /// Standard input. Several loops may read it; each byte reaches one of them.
    public static ByteSource in() {
        EventLoop loop = LoopCalls.currentLoop(NAMES[0]);
        return LoopCalls.possible(loop) ? ((In) stream(loop, 0)).source : Blocking.IN;
    }

    /// Standard output.
    public static ByteSink out() {
        EventLoop loop = LoopCalls.currentLoop(NAMES[1]);
        return LoopCalls.possible(loop) ? ((Out) stream(loop, 1)).sink : Blocking.OUT;
    }

    /// Standard error.
    public static ByteSink err() {
        EventLoop loop = LoopCalls.currentLoop(NAMES[2]);
        return LoopCalls.possible(loop) ? ((Out) stream(loop, 2)).sink : Blocking.ERR;
    }

    private static LoopCalls.Kept stream(EventLoop loop, int fd) {
        LoopCalls calls = LoopCalls.of(loop);
        return calls.kept(fd, () -> {
            Handle handle = handle(calls, fd);
            return fd == 0 ? new In(handle, new DescriptorSource(handle)) : new Out(handle, new DescriptorSink(handle));
        });
    }

    private static Handle handle(LoopCalls calls, int fd) {
        var state = new CallState();
        int type = Stat.type(state, fd);
        Handle.Way way = type < 0 ? Handle.Way.STORED : Handle.wayOf(state, fd, type);
        if (way == Handle.Way.STORED) {
            // Also what is not open at all: its operations say so. A file's position is shared, and must stay
            // so.
            return Handle.foreign(calls, fd, NAMES[fd], way);
        }
        byte[] path = ("/proc/self/fd/" + fd).getBytes(StandardCharsets.US_ASCII);
        int flags = (fd == 0 ? Fcntl.O_RDONLY : Fcntl.O_WRONLY) | Fcntl.O_NONBLOCK | Fcntl.O_NOCTTY | Fcntl.O_CLOEXEC;
        int second = Fcntl.open(state, path, flags, 0);
        // Sockets cannot be opened again, nor what belongs to somebody else.
        return second < 0
                ? Handle.foreign(calls, fd, NAMES[fd], Handle.Way.SHARED)
                : Handle.own(calls, second, NAMES[fd], way);
    }

    private record In(Handle handle, ByteSource source) implements LoopCalls.Kept {
        @Override
        public void loopEnded() {
            handle.loopEnded();
        }
    }

    private record Out(Handle handle, ByteSink sink) implements LoopCalls.Kept {
        @Override
        public void loopEnded() {
            handle.loopEnded();
        }
    }
}

package dev.sluice.process;

import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.LinuxSupport;
import dev.sluice.internal.linux.Signals;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.strand.Completion;
import dev.sluice.internal.timer.Timer;
import dev.sluice.io.BlockingStreams;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A process of the JDK's: the floor under the kernel's, for loops whose poller performs no operations.
///
/// It has no group; what is ended is the program and its [Kin]. The JDK's reaper forgets it as soon as it ends.
///
/// Threads: any; the JDK has one of its own for each process, and each stream takes one while an operation
/// waits.
final class JdkProcess implements Running {
    private static final long FIRST_PAUSE_NANOS = 1_000_000;
    private static final long LAST_PAUSE_NANOS = 128_000_000;

    private final Process process;
    private final Kin kin;
    private final Command command;
    private final EventLoop loop;
    private final Completion<Ended> exit = new Completion<>();
    private final Completion<Boolean> gone = new Completion<>();
    private final Piped piped;

    private JdkProcess(EventLoop loop, Process process, Kin kin, Command command) {
        this.loop = loop;
        this.process = process;
        this.kin = kin;
        this.command = command;
        this.piped = new Piped(
                command.stdin.kind == Input.Kind.PIPED
                        ? BlockingStreams.sink(process.getOutputStream(), "stdin of " + command)
                        : null,
                command.stdout.kind == Output.Kind.PIPED
                        ? BlockingStreams.source(process.getInputStream(), "stdout of " + command)
                        : null,
                command.stderr.kind == Output.Kind.PIPED
                        ? BlockingStreams.source(process.getErrorStream(), "stderr of " + command)
                        : null);
    }

    static JdkProcess start(EventLoop loop, Command command) throws ProcessStartException {
        var builder = new ProcessBuilder(texts(command));
        if (command.directory != null) {
            builder.directory(command.directory.toFile());
        }
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.putAll(command.environment.texts());
        builder.redirectInput(input(command.stdin));
        builder.redirectOutput(output(command.stdout));
        if (command.stderr.kind == Output.Kind.MERGED) {
            builder.redirectErrorStream(true);
        } else {
            builder.redirectError(output(command.stderr));
        }
        String mark = Kin.newMark();
        Kin.mark(environment, mark);
        boolean marked = !command.detached && LinuxSupport.callsRefused() == null;
        if (marked) {
            environment.put(Guardian.VARIABLE, Guardian.mark());
        }
        Process started = Launcher.start(command, calls -> {
            if (marked) {
                Guardian.ensure(command.toString());
            }
            return start(builder, command);
        });
        var process = new JdkProcess(loop, started, Kin.of(started.toHandle(), mark), command);
        process.watch();
        return process;
    }

    private static Process start(ProcessBuilder builder, Command command) throws ProcessStartException {
        try {
            return builder.start();
        } catch (IOException failed) {
            String text = String.valueOf(failed.getMessage());
            Matcher number = Pattern.compile("error[=:] ?(\\d+)").matcher(text); // how the JDK tells the errno
            String error = number.find() ? Errno.name(Integer.parseInt(number.group(1))) : null;
            var failure = new ProcessStartException(command.toString(), error, text);
            failure.initCause(failed);
            throw failure;
        }
    }

    private void watch() {
        byte[] bytes = command.stdin.bytes;
        if (bytes != null) {
            Thread.ofPlatform()
                    .daemon()
                    .name("sluice-stdin")
                    .start(() -> Feeder.feedBlocking(process.getOutputStream(), "stdin of " + command, bytes));
        }
        process.onExit().thenAccept(ended -> exit.complete(Ended.with(new Exit.Exited(ended.exitValue()))));
    }

    private static List<String> texts(Command command) throws ProcessStartException {
        List<String> texts = new ArrayList<>();
        for (byte[] word : command.words) {
            try {
                texts.add(StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(word))
                        .toString());
            } catch (CharacterCodingException broken) {
                var failure = new ProcessStartException(
                        command.toString(), null, "an argument is not UTF-8, and the JDK passes only text");
                failure.initCause(broken);
                throw failure;
            }
        }
        return texts;
    }

    private static ProcessBuilder.Redirect input(Input input) {
        return switch (input.kind) {
            case NOTHING -> ProcessBuilder.Redirect.from(new File(File.separatorChar == '/' ? "/dev/null" : "NUL"));
            case INHERITED -> ProcessBuilder.Redirect.INHERIT;
            case PIPED, BYTES -> ProcessBuilder.Redirect.PIPE;
            case FILE -> {
                assert input.path != null;
                yield ProcessBuilder.Redirect.from(input.path.toFile());
            }
        };
    }

    private static ProcessBuilder.Redirect output(Output output) {
        return switch (output.kind) {
            case PIPED, MERGED -> ProcessBuilder.Redirect.PIPE;
            case INHERITED -> ProcessBuilder.Redirect.INHERIT;
            case DISCARDED -> ProcessBuilder.Redirect.DISCARD;
            case FILE, APPENDED -> {
                assert output.path != null;
                File file = output.path.toFile();
                yield output.kind == Output.Kind.FILE
                        ? ProcessBuilder.Redirect.to(file)
                        : ProcessBuilder.Redirect.appendTo(file);
            }
        };
    }

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public Piped piped() {
        return piped;
    }

    @Override
    public Completion<Ended> exit() {
        return exit;
    }

    @Override
    public Completion<Boolean> gone() {
        return gone;
    }

    @Override
    public boolean signal(int signal) {
        if (signal != Signals.SIGTERM && signal != Signals.SIGKILL) {
            throw new UnsupportedOperationException("signal " + command + ": signal=" + Signals.name(signal)
                    + ", expected SIGTERM or SIGKILL, as this process is the JDK's");
        }
        return send(living(), signal == Signals.SIGKILL);
    }

    /// The kin; the program alone if the system does not let us look.
    private List<ProcessHandle> living() {
        try {
            return kin.living();
        } catch (RuntimeException unreadable) { // also what the JDK throws when it cannot list processes
            System.getLogger("dev.sluice")
                    .log(System.Logger.Level.DEBUG, "look for what " + command + " has started", unreadable);
            return process.isAlive() ? List.of(process.toHandle()) : List.of();
        }
    }

    private static boolean send(List<ProcessHandle> family, boolean kill) {
        boolean sent = false;
        for (ProcessHandle member : family) {
            sent |= kill ? member.destroyForcibly() : member.destroy();
        }
        return sent;
    }

    @Override
    public void end(Duration grace) {
        // Looking for the kin reads files, and a loop thread must not wait for them.
        Thread.ofPlatform().daemon().name("sluice-end").start(() -> new End(grace).run());
    }

    /// TERM to all kin, once; KILL after the grace; until two looks in a row find nobody, for a process that is
    /// being replaced by `exec` shows no mark for some microseconds.
    ///
    /// Threads: its own; the timer's loop and the JDK's reaper wake it.
    private final class End extends Timer {
        private final Thread thread = Thread.currentThread();
        private volatile boolean late; // written by the loop; pairs with the read before each look

        End(Duration grace) {
            deadline = EventLoop.saturatedAdd(loop.clock().nanoTime(), EventLoop.nanos(grace));
        }

        @Override
        protected void expired() {
            late = true; // pairs with the read in pursue
            LockSupport.unpark(thread);
        }

        void run() {
            try {
                pursue();
            } finally {
                process.toHandle().destroyForcibly(); // if that failed; the process itself would close its streams
                loop.disarm(this);
                gone.complete(true);
            }
        }

        private void pursue() {
            loop.arm(this);
            process.onExit().thenRun(() -> LockSupport.unpark(thread));
            send(living(), false);
            long pause = FIRST_PAUSE_NANOS;
            int quiet = 0;
            while (quiet < 2) {
                boolean kill = late; // pairs with the write in expired
                List<ProcessHandle> left = living();
                quiet = left.isEmpty() ? quiet + 1 : 0;
                if (kill) {
                    send(left, true);
                }
                LockSupport.parkNanos(this, pause);
                pause = left.isEmpty() ? FIRST_PAUSE_NANOS : Math.min(2 * pause, LAST_PAUSE_NANOS);
            }
        }
    }
}

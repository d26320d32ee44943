package dev.sluice.process;

import dev.sluice.internal.linux.Signals;
import dev.sluice.internal.strand.Completion;
import dev.sluice.io.BlockingStreams;
import dev.sluice.io.ByteSink;
import dev.sluice.io.ByteSource;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A process of the JDK's: the floor under the kernel's, for loops whose poller performs no operations.
///
/// Threads: any; the JDK has one of its own for each process, and each stream takes one while an operation
/// waits.
final class JdkProcess implements Running {
    private final Process process;
    private final Command command;
    private final Completion<Exit> exit = new Completion<>();
    private final @Nullable ByteSink stdin;
    private final @Nullable ByteSource stdout;
    private final @Nullable ByteSource stderr;

    private JdkProcess(Process process, Command command) {
        this.process = process;
        this.command = command;
        stdin = command.stdin.kind == Input.Kind.PIPED
                ? BlockingStreams.sink(process.getOutputStream(), "stdin of " + command)
                : null;
        stdout = command.stdout.kind == Output.Kind.PIPED
                ? BlockingStreams.source(process.getInputStream(), "stdout of " + command)
                : null;
        stderr = command.stderr.kind == Output.Kind.PIPED
                ? BlockingStreams.source(process.getErrorStream(), "stderr of " + command)
                : null;
        byte[] bytes = command.stdin.bytes;
        if (bytes != null) {
            Thread.ofPlatform().daemon().name("sluice-stdin").start(() -> feed(process, bytes));
        }
        process.onExit().thenAccept(ended -> exit.complete(new Exit.Exited(ended.exitValue())));
    }

    private static void feed(Process process, byte[] bytes) {
        try (OutputStream input = process.getOutputStream()) {
            input.write(bytes);
        } catch (IOException unread) {
            // A program need not read its whole input.
        }
    }

    static JdkProcess start(Command command) throws ProcessException {
        var builder = new ProcessBuilder(texts(command));
        if (command.directory != null) {
            builder.directory(command.directory.toFile());
        }
        var environment = command.effectiveEnvironment(System.getenv());
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.redirectInput(input(command.stdin));
        builder.redirectOutput(output(command.stdout));
        if (command.stderr.kind == Output.Kind.MERGED) {
            builder.redirectErrorStream(true);
        } else {
            builder.redirectError(output(command.stderr));
        }
        try {
            return new JdkProcess(builder.start(), command);
        } catch (IOException failed) {
            var failure = new ProcessStartException(command.toString(), null, String.valueOf(failed.getMessage()));
            failure.initCause(failed);
            throw failure;
        }
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
            case NOTHING -> ProcessBuilder.Redirect.from(new File("/dev/null"));
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
    public @Nullable ByteSink stdin() {
        return stdin;
    }

    @Override
    public @Nullable ByteSource stdout() {
        return stdout;
    }

    @Override
    public @Nullable ByteSource stderr() {
        return stderr;
    }

    @Override
    public Completion<Exit> exit() {
        return exit;
    }

    @Override
    public void signal(int signal) {
        switch (signal) {
            case Signals.SIGTERM -> process.destroy();
            case Signals.SIGKILL -> process.destroyForcibly();
            default ->
                throw new UnsupportedOperationException("signal " + command + ": signal=" + Signals.name(signal)
                        + ", expected SIGTERM or SIGKILL, as this process is the JDK's");
        }
    }

    @Override
    public void end(Duration grace) {
        process.destroyForcibly();
        exit.awaitUncancellable("the end of " + command);
    }
}

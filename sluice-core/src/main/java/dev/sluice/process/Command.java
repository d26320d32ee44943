package dev.sluice.process;

import dev.sluice.cancel.Durations;
import dev.sluice.internal.io.PathBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What to run, and how. No shell is involved: each argument reaches the program as it is, byte by byte.
///
/// ```java
/// byte[] sorted = Command.of("sort", "-u").stdin(Input.of(words)).output(1 << 20);
/// ```
///
/// Texts are passed as UTF-8. The program gets no descriptors but its standard streams, no blocked or ignored
/// signals, a process group of its own, and the environment of this process with the changes made here. One
/// variable is added, `SLUICE_PARENT`: by it the program and all that it starts are found and ended should this
/// process be killed.
///
/// On Linux, processes are the kernel's own interfaces, and waiting for thousands of them takes no thread.
/// Where the loop's poller performs no operations (`Backend.NIO`, other systems) they are those of the JDK:
/// threads wait for them, arguments must be text, signals show as exit codes, and the program's descendants are
/// ended, not its group. Outside of Linux they outlive a parent that is killed.
///
/// Threads: immutable.
public final class Command {
    private static final Duration DEFAULT_GRACE = Duration.ofSeconds(2);
    private static final long DEFAULT_LIMIT = 16L << 20;
    private static final int SHOWN = 200;

    final List<byte[]> words;

    // Written while a command is made from another, before anybody else has it.
    @Nullable Path directory;

    Environment environment = Environment.INHERITED;
    Input stdin = Input.nothing();
    Output stdout = Output.piped();
    Output stderr = Output.piped();
    boolean detached;
    private Duration grace = DEFAULT_GRACE;
    private long outputLimit = DEFAULT_LIMIT;

    private Command(List<byte[]> words) {
        if (words.isEmpty()) {
            throw new IllegalArgumentException("command: words=0, expected a program at least");
        }
        for (byte[] word : words) {
            requireNoNul(word);
        }
        this.words = List.copyOf(words);
    }

    private Command(Command other, List<byte[]> words) {
        this(words);
        directory = other.directory;
        environment = other.environment;
        stdin = other.stdin;
        stdout = other.stdout;
        stderr = other.stderr;
        detached = other.detached;
        grace = other.grace;
        outputLimit = other.outputLimit;
    }

    /// A program with its arguments.
    ///
    /// @param program its path; without a slash it is looked for in the directories of `PATH`
    public static Command of(String program, String... arguments) {
        List<byte[]> words = new ArrayList<>();
        words.add(bytes(program));
        Arrays.stream(arguments).map(Command::bytes).forEach(words::add);
        return new Command(words);
    }

    /// A program and its arguments as the bytes that they are; any but NUL pass intact.
    ///
    /// @param words the program first; not to be changed afterwards
    public static Command ofBytes(List<byte[]> words) {
        return new Command(words);
    }

    /// With one more argument.
    public Command argument(String argument) {
        return argument(bytes(argument));
    }

    /// With one more argument of any bytes but NUL.
    public Command argument(byte[] argument) {
        List<byte[]> more = new ArrayList<>(words);
        more.add(argument);
        return new Command(this, more);
    }

    /// Where it runs; else where this process does. A relative path of the program counts from there.
    ///
    /// @throws IllegalArgumentException for a path of another file system than the default one
    public Command directory(Path directory) {
        Command copy = copy();
        copy.directory = PathBytes.require(directory);
        return copy;
    }

    /// The whole environment, instead of this process's.
    public Command environment(Map<String, String> environment) {
        return withEnvironment(this.environment.replaced(environment));
    }

    /// With one variable of the environment set.
    public Command variable(String name, String value) {
        return withEnvironment(environment.changed(name, value));
    }

    /// Without one variable of the environment.
    public Command withoutVariable(String name) {
        return withEnvironment(environment.changed(name, null));
    }

    private Command withEnvironment(Environment changed) {
        Command copy = copy();
        copy.environment = changed;
        return copy;
    }

    /// Where its standard input comes from: nothing by default.
    public Command stdin(Input input) {
        Command copy = copy();
        copy.stdin = input;
        return copy;
    }

    /// Where its standard output goes: piped by default.
    public Command stdout(Output output) {
        if (output.kind == Output.Kind.MERGED) {
            throw new IllegalArgumentException("stdout of " + this + ": merged, expected that of stderr only");
        }
        Command copy = copy();
        copy.stdout = output;
        return copy;
    }

    /// Where its standard error goes: piped by default.
    public Command stderr(Output output) {
        Command copy = copy();
        copy.stderr = output;
        return copy;
    }

    /// How long the program may take to end after TERM, before KILL: 2 seconds by default.
    public Command grace(Duration grace) {
        if (grace.isNegative()) {
            throw new IllegalArgumentException(
                    "grace of " + this + ": " + Durations.print(grace) + ", expected zero or more");
        }
        Command copy = copy();
        copy.grace = grace;
        return copy;
    }

    /// How much [#run] holds of each output at most: 16 MiB by default.
    public Command outputLimit(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("output limit of " + this + ": " + bytes + ", expected 0 or more");
        }
        Command copy = copy();
        copy.outputLimit = bytes;
        return copy;
    }

    /// Lets the program live on: it gets a session of its own, and neither the end of its scope nor that of
    /// this process ends it.
    public Command detached() {
        Command copy = copy();
        copy.detached = true;
        return copy;
    }

    /// Starts it in the scope of the caller, a coroutine.
    ///
    /// @throws ProcessStartException if that fails; nothing has been started then
    public Child start() throws ProcessStartException {
        return Starter.start(this);
    }

    /// Runs it, and collects what it writes to pipes, up to [#outputLimit] each. A code other than 0 is no
    /// failure.
    ///
    /// A program that goes on in the background with these pipes is waited for. When the caller is cancelled
    /// the program is ended; what it had written is in a [ProcessFailedException] that the [dev.sluice.cancel
    /// .CancelledException] suppresses.
    ///
    /// @throws dev.sluice.io.LimitExceededException if it writes more; it is ended then
    public ProcessResult run() throws IOException {
        return new Collection(this, outputLimit).run();
    }

    /// Runs it and returns its standard output.
    ///
    /// @param limit how many bytes that may be, 0 or more
    /// @throws ProcessFailedException if it does not end with code 0
    /// @throws dev.sluice.io.LimitExceededException if it writes more, to one of the outputs; it is ended then
    public byte[] output(long limit) throws IOException {
        ProcessResult result = outputLimit(limit).run();
        if (!result.exit().succeeded()) {
            throw new ProcessFailedException(toString(), result);
        }
        return result.stdout();
    }

    /// See [#grace(Duration)].
    public Duration grace() {
        return grace;
    }

    /// The program, to be shown.
    String programName() {
        return quoted(new String(words.getFirst(), StandardCharsets.UTF_8));
    }

    private Command copy() {
        return new Command(this, words);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void requireNoNul(byte[] word) {
        for (int i = 0; i < word.length; i++) {
            if (word[i] == 0) {
                throw new IllegalArgumentException("command: argument has NUL at " + i + ", expected none");
            }
        }
    }

    /// The command as a person would type it into a shell, cut if it is long.
    @Override
    public String toString() {
        var text = new StringBuilder();
        for (byte[] word : words) {
            text.append(text.isEmpty() ? "" : " ").append(quoted(new String(word, StandardCharsets.UTF_8)));
            if (text.length() > SHOWN) {
                return text.substring(0, SHOWN) + "…";
            }
        }
        return text.toString();
    }

    private static String quoted(String word) {
        boolean plain = !word.isEmpty() && word.chars().allMatch(Command::isPlain);
        return plain ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    private static boolean isPlain(int c) {
        return Character.isLetterOrDigit(c) || "-_./:=@%+,".indexOf(c) >= 0;
    }
}

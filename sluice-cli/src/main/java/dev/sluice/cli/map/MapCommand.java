package dev.sluice.cli.map;

import dev.sluice.Sluice;
import dev.sluice.cancel.CancelReason;
import dev.sluice.cancel.CancelledException;
import dev.sluice.io.StandardStreams;
import dev.sluice.io.StreamException;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.observe.Report;
import dev.sluice.observe.Reports;
import dev.sluice.task.CancelScope;
import dev.sluice.task.Deadline;
import dev.sluice.task.TaskFailedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/// `sluice map`: refuses what cannot work with one line, and runs a [Mapper] on the standard streams.
///
/// Threads: one, which becomes the coroutine of the run.
@Command(name = "map", description = "Runs a command for each line of the input, several at once.")
public final class MapCommand implements Callable<Integer> {
    private static final String NAME = "sluice map: ";

    /// How long the last words may take when the reader of stderr is slow.
    private static final Duration FAREWELL = Duration.ofSeconds(1);

    @Unmatched
    private final List<String> words = new ArrayList<>();

    private final PrintWriter out;
    private final PrintWriter err;

    /// For picocli, which only lists it: what it would do with `--` and options is done here.
    MapCommand() {
        this(
                List.of(),
                new PrintWriter(System.out, true, System.out.charset()),
                new PrintWriter(System.err, true, System.err.charset()));
    }

    /// @param words all behind `map`
    public MapCommand(List<String> words, PrintWriter out, PrintWriter err) {
        this.words.addAll(words);
        this.out = out;
        this.err = err;
    }

    /// Called by picocli before it parses.
    @Spec
    void spec(CommandSpec spec) {
        spec.parser().endOfOptionsDelimiter("\0"); // `--` is a word like others to it
    }

    /// Runs it.
    ///
    /// @return the exit status
    @Override
    public Integer call() {
        try {
            MapArguments arguments = MapArguments.parse(words);
            if (arguments.help) {
                out.print(MapHelp.TEXT);
                out.flush();
                return ExitStatus.DONE;
            }
            ArgumentTemplate template = ArgumentTemplate.of(
                    arguments.method.isPresent()
                            ? List.of(arguments.command.getFirst().getBytes(StandardCharsets.UTF_8))
                            : RawArguments.last(arguments.command));
            int refused = ExitStatus.DONE;
            if (arguments.method.isPresent()) {
                arguments.method.get().requireFound(arguments.classPath);
            } else {
                refused = search(template, arguments.command.getFirst());
            }
            return refused != ExitStatus.DONE ? refused : run(arguments, template);
        } catch (UsageException e) {
            return tell(ExitStatus.USAGE, e.getMessage() + " (see sluice map --help)");
        } catch (IOException e) {
            return tell(ExitStatus.FAILED, String.valueOf(e.getMessage()));
        }
    }

    private int tell(int status, String message) {
        err.println(NAME + message);
        return status;
    }

    // ---- before anything runs

    /// Looks for the program once, before the first item.
    private int search(ArgumentTemplate template, String program) {
        String path = System.getenv("PATH");
        if (template.programVaries()) {
            return isShellLine(program, path) ? tell(ExitStatus.NOT_FOUND, notFound(program, path)) : ExitStatus.DONE;
        }
        return switch (ProgramSearch.find(template.program(), path)) {
            case YES -> ExitStatus.DONE;
            case NOT_EXECUTABLE -> tell(ExitStatus.NOT_RUN, "cannot run " + program + ": no executable file");
            case NO -> tell(ExitStatus.NOT_FOUND, notFound(program, path));
        };
    }

    /// Whether the first word is a whole command, as GNU parallel takes it: `'wc -l {}'`.
    private static boolean isShellLine(String program, @Nullable String path) {
        int blank = program.indexOf(' ');
        return blank > 0
                && ProgramSearch.find(program.substring(0, blank).getBytes(StandardCharsets.UTF_8), path)
                        == ProgramSearch.Found.YES;
    }

    private static String notFound(String program, @Nullable String path) {
        if (program.indexOf(' ') >= 0) {
            return "command not found: '" + program + "' (no shell splits it: write its words one by one, or sh -c '"
                    + program.replace("{}", "\"$0\"") + "' {})";
        }
        return "command not found: " + program + (program.indexOf('/') >= 0 ? "" : " in PATH=" + path);
    }

    private int run(MapArguments arguments, ArgumentTemplate template) throws IOException {
        Reports.handler(this::report);
        var patience = new Plan.Patience(arguments.retries, arguments.timeout);
        var work = new Work(template, arguments.method, arguments.classPath);
        var plan = new Plan(work, arguments.jobs, !arguments.unordered, patience, arguments.halt);
        try (Records records = Records.open(arguments.joblog, arguments.resume, arguments.results);
                SpillFile spill = Budget.spillFile()) {
            LoopsConfig config = LoopsConfig.defaults().withStallLimit(Duration.ZERO);
            return Sluice.call(config, () -> run(arguments, plan, records, spill));
        }
    }

    private void report(Report report) {
        // Not of interest to whoever runs commands: a slow machine, or a program that takes its time to end.
        if (report instanceof Report.UnobservedFailure) {
            err.println(NAME + report.describe());
        }
    }

    // ---- on the loop

    private int run(MapArguments arguments, Plan plan, Records records, SpillFile spill) throws IOException {
        boolean terminal = Terminals.isTerminal(2);
        boolean showsProgress =
                arguments.progress == ProgressMode.ALWAYS || arguments.progress == ProgressMode.AUTO && terminal;
        var outputs = new Outputs(
                StandardStreams.out(), StandardStreams.err(), showsProgress && terminal && Terminals.isTerminal(1));
        var source = new ItemSource((byte) (arguments.nul ? 0 : '\n'), Budget.inputSize());
        var window = new Window(plan.ordered(), Budget.window(plan.jobs()), spill);
        var mapper = new Mapper(plan, source, window, outputs, records);
        var shown = showsProgress ? new Progress(outputs, terminal, source, mapper.tally()) : null;
        try {
            mapper.run(StandardStreams.in(), shown);
        } catch (TaskFailedException e) {
            return failed(e);
        } catch (CancelledException e) {
            CancelScope.shield(() -> Deadline.after(FAREWELL).tryRun(() -> farewell(e, outputs, mapper.tally())));
            throw e;
        }
        if (shown != null) {
            shown.end();
        }
        OptionalLong items = source.known();
        if (items.isPresent()) {
            Optional<String> beyond = records.beyond(items.getAsLong());
            if (beyond.isPresent()) {
                outputs.say(beyond.get());
            }
        }
        return summary(plan, outputs, mapper.tally());
    }

    private static int failed(TaskFailedException failure) throws IOException {
        Throwable cause = failure;
        while (cause instanceof TaskFailedException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof StreamException stream && stream.isBrokenPipe()) {
            return ExitStatus.BROKEN_PIPE;
        }
        if (cause instanceof IOException file) {
            throw file;
        }
        if (cause instanceof OutOfMemoryError resources) {
            throw new IOException(resources.getMessage() + ", expected more: see ulimit -u and -v", failure);
        }
        throw failure;
    }

    private static void farewell(CancelledException cancelled, Outputs outputs, Tally tally) throws IOException {
        String cause = cancelled.reason() instanceof CancelReason.Shutdown(String signal)
                ? signal
                : cancelled.reason().describe();
        outputs.say(Summary.interrupted(cause, tally));
    }

    private static int summary(Plan plan, Outputs outputs, Tally tally) throws IOException {
        List<String> lines = Summary.failures(tally, plan.halt());
        if (lines.isEmpty()) {
            return outputs.errFailed() ? ExitStatus.FAILED : ExitStatus.DONE;
        }
        outputs.say(lines.getFirst());
        for (String line : lines.subList(1, lines.size())) {
            outputs.line(line);
        }
        return ExitStatus.FAILED;
    }
}

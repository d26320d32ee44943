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
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `sluice map`: reads the options, refuses what cannot work with one line, and runs a [Mapper] on the standard
/// streams.
@Command(
        name = "map",
        customSynopsis = "INPUT | sluice map [OPTIONS] [--] COMMAND [ARG {} ...]",
        description = {
            "Runs COMMAND for each line of the input, several at once.",
            "",
            "The line replaces every {} in COMMAND and its arguments, or is added as the last argument. No shell is"
                    + " involved, so an item may hold any bytes; name a shell to have one: map sh -c '... \"$0\"' {}",
            "Outputs appear in the order of the input and never mixed, the current one while it is made."
        },
        sortOptions = false,
        usageHelpAutoWidth = true,
        descriptionHeading = "%n",
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:all items succeeded",
            "1:some failed, stderr tells which and why; or input, output or a file failed",
            "2:bad usage",
            "126:COMMAND cannot be run",
            "127:COMMAND was not found",
            "130:ended by Ctrl-C (SIGINT), 143 by SIGTERM, 141 as the reader of stdout went away"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  git ls-files | sluice map wc -w                     words, a wc for each",
            "  ls *.png | sluice map -j 8 convert {} {}.jpg        eight at once",
            "  find . -name '*.log' -print0 | sluice map -0 gzip   any file name",
            "  sluice map --timeout 5s --retries 2 curl -sO <urls  slow, flaky things",
            "  sluice map --joblog log --resume ./step <items      go on after a break"
        })
public final class MapCommand implements Callable<Integer> {
    /// How long the last words may take when the reader of stderr is slow.
    private static final Duration FAREWELL = Duration.ofSeconds(1);

    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = {"-j", "-P", "--jobs"},
            paramLabel = "N",
            description = "How many at once (default: the number of cores).")
    private int jobs = Runtime.getRuntime().availableProcessors();

    @Option(
            names = {"-0", "--null"},
            description = "Items end with NUL instead of newline.")
    private boolean nul;

    @Option(names = "--unordered", description = "Show the output of each item when it ends.")
    private boolean unordered;

    @Option(
            names = "--retries",
            paramLabel = "R",
            description = "Run a failed item up to R more times; only the last attempt's output is shown.")
    private int retries;

    @Option(
            names = "--timeout",
            paramLabel = "D",
            converter = DurationConverter.class,
            description = "End an attempt that takes longer: 500ms, 2s, 1.5m, 1h.")
    private @Nullable Duration timeout;

    @Option(
            names = "--halt",
            paramLabel = "WHEN",
            converter = WordConverter.OfHalt.class,
            description = "After the first failure: never (default), soon (start no more), now (end the others too).")
    private Halt halt = Halt.NEVER;

    @Option(
            names = "--joblog",
            paramLabel = "FILE",
            description = "Write a line for each finished attempt, in the columns of GNU parallel.")
    private @Nullable Path joblog;

    @Option(names = "--resume", description = "Skip the items that the joblog says have succeeded.")
    private boolean resume;

    @Option(
            names = "--results",
            paramLabel = "DIR",
            description = "Also keep outputs in files: DIR/<seq>/stdout, stderr and exit.")
    private @Nullable Path results;

    @Option(
            names = "--progress",
            paramLabel = "WHEN",
            converter = WordConverter.OfProgress.class,
            description = "A progress line on stderr: auto (default: on a terminal), always, never.")
    private ProgressMode progress = ProgressMode.AUTO;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private boolean help;

    @Parameters(arity = "0..*", paramLabel = "COMMAND", hidden = true)
    private List<String> command = List.of();

    /// Called by picocli before it parses.
    @Spec
    void spec(CommandSpec made) {
        spec = made;
        // What follows COMMAND belongs to it; of options given twice the last one counts.
        made.parser().stopAtPositional(true).overwrittenOptionsAllowed(true);
    }

    @Override
    public Integer call() throws IOException {
        Plan plan = plan();
        int refused = search(plan.template());
        if (refused != ExitStatus.DONE) {
            return refused;
        }
        Reports.handler(this::report);
        try (Records records = Records.open(Optional.ofNullable(joblog), resume, Optional.ofNullable(results));
                SpillFile spill = Budget.spillFile()) {
            LoopsConfig config = LoopsConfig.defaults().withStallLimit(Duration.ZERO);
            return Sluice.call(config, () -> run(plan, records, spill));
        }
    }

    // ---- before anything runs

    private Plan plan() {
        if (command.isEmpty()) {
            throw refused("missing COMMAND, for example: ls | sluice map wc -l {}");
        }
        int most = Budget.jobs();
        if (jobs < 1 || jobs > most) {
            throw refused("-j " + jobs + ": expected 1.." + most + " (three open files a job, see ulimit -n)");
        }
        if (retries < 0) {
            throw refused("--retries " + retries + ": expected 0 or more");
        }
        if (resume && joblog == null) {
            throw refused("--resume: expected --joblog FILE with it, which tells what is done");
        }
        ArgumentTemplate template = ArgumentTemplate.of(RawArguments.last(command));
        return new Plan(template, jobs, !unordered, retries, timeout == null ? Duration.ZERO : timeout, halt);
    }

    private ParameterException refused(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /// Looks for the program once, before the first item.
    private int search(ArgumentTemplate template) {
        String program = command.getFirst();
        String path = System.getenv("PATH");
        if (template.programVaries()) {
            String first = program.split("\\s", 2)[0];
            boolean line = !first.equals(program)
                    && !first.contains("{}")
                    && ProgramSearch.find(first.getBytes(StandardCharsets.UTF_8), path) == ProgramSearch.Found.YES;
            return line ? tell(ExitStatus.NOT_FOUND, notFound(program)) : ExitStatus.DONE;
        }
        return switch (ProgramSearch.find(template.program(), path)) {
            case YES -> ExitStatus.DONE;
            case NOT_EXECUTABLE -> tell(ExitStatus.NOT_RUN, "cannot run " + program + ": no executable file");
            case NO -> tell(ExitStatus.NOT_FOUND, notFound(program));
        };
    }

    private static String notFound(String program) {
        String where = program.indexOf('/') >= 0 ? "" : " in PATH=" + System.getenv("PATH");
        boolean line = program.chars().anyMatch(Character::isWhitespace);
        return line
                ? "command not found: '" + program + "' (no shell splits it: write its words one by one, or"
                        + " sh -c '" + program.replace("{}", "\"$0\"") + "' {})"
                : "command not found: " + program + where;
    }

    private int tell(int status, String message) {
        spec.commandLine().getErr().println(spec.qualifiedName() + ": " + message);
        return status;
    }

    // ---- on the loop

    private int run(Plan plan, Records records, SpillFile spill) throws IOException {
        boolean terminal = Terminals.isTerminal(2);
        boolean showsProgress = progress == ProgressMode.ALWAYS || progress == ProgressMode.AUTO && terminal;
        var outputs = new Outputs(
                StandardStreams.out(), StandardStreams.err(), showsProgress && terminal && Terminals.isTerminal(1));
        var source = new ItemSource((byte) (nul ? 0 : '\n'), Budget.inputSize());
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
            return ExitStatus.DONE;
        }
        outputs.say(lines.getFirst());
        for (String line : lines.subList(1, lines.size())) {
            outputs.line(line);
        }
        return ExitStatus.FAILED;
    }

    private void report(Report report) {
        // Not of interest to whoever runs commands: a slow machine, or a program that takes its time to end.
        if (report instanceof Report.UnobservedFailure) {
            tell(ExitStatus.FAILED, report.describe());
        }
    }
}

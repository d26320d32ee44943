package dev.sluice.cli.map;

import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What `sluice map` was told to do.
///
/// Read here and not by picocli, whose loading takes longer than all else until the first command runs. Options
/// end at the first word that is none: what follows belongs to the command. Of an option given twice the last
/// one counts.
///
/// Threads: one; not changed once it is parsed.
final class MapArguments {
    /// The options by each of their names.
    private static final Map<String, Option> OPTIONS = options();

    int jobs;
    private boolean jobsGiven;
    boolean nul;
    boolean unordered;
    int retries;
    Duration timeout = Duration.ZERO;
    Halt halt = Halt.NEVER;
    Optional<Path> joblog = Optional.empty();
    boolean resume;
    Optional<Path> results = Optional.empty();
    ProgressMode progress = ProgressMode.AUTO;
    Optional<JavaMethod> method = Optional.empty();
    String classPath = "";
    boolean help;
    List<String> command = List.of();

    /// What an option does with its value.
    @FunctionalInterface
    private interface Setter {
        void set(MapArguments arguments, String value) throws UsageException;
    }

    /// @param value what messages call it; empty for an option without one
    private record Option(List<String> names, String value, Setter setter) {}

    private MapArguments() {}

    private static Map<String, Option> options() {
        var table = new TreeMap<String, Option>();
        add(table, new Option(List.of("-j", "-P", "--jobs"), "N", MapArguments::takeJobs));
        add(table, new Option(List.of("-0", "--null"), "", (a, v) -> a.nul = true));
        add(table, new Option(List.of("--unordered"), "", (a, v) -> a.unordered = true));
        add(table, new Option(List.of("--retries"), "R", (a, v) -> a.retries = number(v)));
        add(table, new Option(List.of("--timeout"), "D", (a, v) -> a.timeout = DurationText.parse(v)));
        add(table, new Option(List.of("--halt"), "WHEN", (a, v) -> a.halt = word(Halt.values(), v)));
        add(table, new Option(List.of("--joblog"), "FILE", (a, v) -> a.joblog = file(v)));
        add(table, new Option(List.of("--resume"), "", (a, v) -> a.resume = true));
        add(table, new Option(List.of("--results"), "DIR", (a, v) -> a.results = file(v)));
        add(table, new Option(List.of("--progress"), "WHEN", (a, v) -> a.progress = word(ProgressMode.values(), v)));
        add(table, new Option(List.of("--java"), "METHOD", (a, v) -> a.method = Optional.of(JavaMethod.parse(v))));
        add(table, new Option(List.of("--classpath"), "PATH", (a, v) -> a.classPath = v));
        add(table, new Option(List.of("-h", "--help"), "", (a, v) -> a.help = true));
        return table;
    }

    private static void add(Map<String, Option> table, Option option) {
        option.names.forEach(name -> table.put(name, option));
    }

    /// The names of all options.
    static List<String> names() {
        return List.copyOf(OPTIONS.keySet());
    }

    /// Reads and checks a command line.
    ///
    /// @param words all behind `map`
    /// @throws UsageException for what cannot be done
    static MapArguments parse(List<String> words) throws UsageException {
        var arguments = new MapArguments();
        var left = new ArrayList<>(words.reversed()); // the next one is the last of it
        while (!left.isEmpty()
                && left.getLast().startsWith("-")
                && left.getLast().length() > 1) {
            String word = left.removeLast();
            if (word.equals("--")) {
                break;
            }
            if (word.startsWith("--")) {
                arguments.takeLong(word, left);
            } else {
                arguments.takeShort(word, left);
            }
        }
        arguments.command = List.copyOf(left.reversed());
        if (!arguments.help) {
            arguments.check();
        }
        return arguments;
    }

    /// `--name`, `--name value` or `--name=value`.
    private void takeLong(String word, List<String> left) throws UsageException {
        int equals = word.indexOf('=');
        String name = equals < 0 ? word : word.substring(0, equals);
        Option option = find(name);
        if (option.value.isEmpty()) {
            if (equals >= 0) {
                throw new UsageException(word + ": expected no value");
            }
            set(option, name, "");
        } else {
            set(option, name, equals < 0 ? next(option, name, left) : word.substring(equals + 1));
        }
    }

    /// `-0j4`, `-0j 4` or `-j=4`.
    private void takeShort(String word, List<String> left) throws UsageException {
        for (int i = 1; i < word.length(); i++) {
            String name = "-" + word.charAt(i);
            Option option = find(i == 1 && !OPTIONS.containsKey(name) ? word : name);
            if (!option.value.isEmpty()) {
                String rest = word.substring(i + 1);
                String value =
                        rest.isEmpty() ? next(option, name, left) : rest.startsWith("=") ? rest.substring(1) : rest;
                set(option, name, value);
                return;
            }
            set(option, name, "");
        }
    }

    private static Option find(String name) throws UsageException {
        Option option = OPTIONS.get(name);
        if (option == null) {
            String meant = DidYouMean.closest(name, OPTIONS.keySet())
                    .map(closest -> ", did you mean " + closest + "?")
                    .orElse("");
            throw new UsageException("unknown option: '" + name + "'" + meant);
        }
        return option;
    }

    private static String next(Option option, String name, List<String> left) throws UsageException {
        if (left.isEmpty()) {
            throw new UsageException(name + ": expected " + name + " " + option.value);
        }
        return left.removeLast();
    }

    private void set(Option option, String name, String value) throws UsageException {
        try {
            option.setter.set(this, value);
        } catch (UsageException e) {
            throw new UsageException(name + " " + e.getMessage());
        }
    }

    private void check() throws UsageException {
        if (method.isPresent() && !command.isEmpty()) {
            throw new UsageException("COMMAND " + command.getFirst() + ": expected none with --java");
        }
        if (!classPath.isEmpty() && method.isEmpty()) {
            throw new UsageException("--classpath: expected --java CLASS::METHOD with it");
        }
        if (method.isPresent()) {
            command = List.of(method.get().toString());
        }
        if (command.isEmpty()) {
            throw new UsageException("missing COMMAND, for example: ls | sluice map wc -l {}");
        }
        if (command.getFirst().isEmpty()) {
            throw new UsageException("COMMAND is empty, expected the name of a program");
        }
        int most = Budget.jobs();
        if (!jobsGiven) {
            jobs = Math.min(Runtime.getRuntime().availableProcessors(), most);
        }
        if (jobs < 1) {
            throw new UsageException("-j " + jobs + ": expected 1 or more");
        }
        if (jobs > most) {
            throw new UsageException("-j " + jobs + ": expected 1.." + most + " under this ulimit -n");
        }
        if (retries < 0) {
            throw new UsageException("--retries " + retries + ": expected 0 or more");
        }
        if (resume && joblog.isEmpty()) {
            throw new UsageException("--resume: expected --joblog FILE with it, which tells what is done");
        }
    }

    private void takeJobs(String value) throws UsageException {
        jobs = number(value);
        jobsGiven = true;
    }

    /// More than an `int` holds is as good as the most that it holds.
    private static int number(String text) throws UsageException {
        try {
            return new BigInteger(text)
                    .max(BigInteger.valueOf(Integer.MIN_VALUE))
                    .min(BigInteger.valueOf(Integer.MAX_VALUE))
                    .intValueExact();
        } catch (NumberFormatException e) {
            throw new UsageException("'" + text + "', expected a number");
        }
    }

    private static Optional<Path> file(String name) throws UsageException {
        if (name.isEmpty()) {
            throw new UsageException("'', expected a name");
        }
        return Optional.of(Path.of(name));
    }

    private static <E extends Enum<E>> E word(E[] values, String text) throws UsageException {
        for (E value : values) {
            if (value.toString().equals(text.toLowerCase(Locale.ROOT))) {
                return value;
            }
        }
        String words = Arrays.stream(values).map(Enum::toString).collect(Collectors.joining(", "));
        throw new UsageException("'" + text + "', expected one of " + words);
    }
}

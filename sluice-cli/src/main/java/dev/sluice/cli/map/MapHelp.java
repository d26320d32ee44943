package dev.sluice.cli.map;

/// What `sluice map --help` prints; docs/map.md says more.
final class MapHelp {
    static final String TEXT = """
            Usage: INPUT | sluice map [OPTIONS] [--] COMMAND [ARG {} ...]

            Runs COMMAND for each line of the input, several at once.

            The line replaces every {} in COMMAND and its arguments, or is added as the
            last argument. No shell is involved, so an item may hold any bytes; name one
            to have one: sluice map sh -c 'gzip <"$0" >"$0.gz"' {}
            Outputs appear in the order of the input and are never mixed; that of the
            item whose turn it is appears while it is made.

            Options:
              -j, -P, --jobs N   How many at once (default: the number of cores).
              -0, --null         Items end with NUL instead of newline.
              --unordered        Show the output of each item when it has ended.
              --retries R        Run a failed item up to R more times; only the output of
                                 its last attempt is shown.
              --timeout D        End an attempt that takes longer: 500ms, 2s, 1.5m, 1h.
              --halt WHEN        After the first failure: never (default), soon (start no
                                 more), now (end the others, too).
              --joblog FILE      Write a line for each attempt when it is done, in the
                                 columns of GNU parallel.
              --resume           Skip the items that the joblog says have succeeded.
              --results DIR      Keep outputs in files, too: DIR/<seq>/stdout, stderr, exit.
              --progress WHEN    Show done, failed, rate and time left on stderr: auto
                                 (default: on a terminal), always, never.
              --java METHOD      Instead of a COMMAND, call CLASS::METHOD with each line,
                                 in JVMs that stay warm, and print its result.
              --classpath PATH   Where the class is.
              -h, --help         Show this help.

            Exit status:
              0    all items succeeded
              1    some failed: stderr tells which and why; or input, output or a file did
              2    bad usage
              126  COMMAND cannot be run
              127  COMMAND was not found
              130  ended by Ctrl-C; 143 by SIGTERM; 129 by SIGHUP;
              141  nobody reads stdout any more

            Examples:
              git ls-files | sluice map wc -w                     words, a wc for each
              ls *.png | sluice map -j 8 convert {} {}.jpg        eight at once
              find . -name '*.log' -print0 | sluice map -0 gzip   any file name
              sluice map --timeout 5s --retries 2 curl -sO <urls  slow, flaky things
              sluice map --joblog log --resume ./step <items      go on after a break
            """;

    private MapHelp() {}
}

package dev.sluice.bench.map;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A program that runs a command for each line of its input.
///
/// @param name what the table calls it
/// @param options the program and its options; the command follows
/// @param check prints `sign` if this is the program that is meant: two programs are called parallel
/// @param cure how to get it
record Tool(String name, List<String> options, List<String> check, String sign, String cure) {
    Tool {
        options = List.copyOf(options);
        check = List.copyOf(check);
    }

    /// Ours; its jobs' output is kept whole and in order, which the peers do not do as they are called here.
    static Tool sluice(Path root, int jobs) {
        String launcher = root.resolve("sluice").toString();
        return new Tool(
                "Sluice",
                List.of(launcher, "map", "-j", Integer.toString(jobs), "--"),
                List.of(launcher, "map", "--help"),
                "COMMAND",
                "see what ./sluice map says");
    }

    static Tool parallel(int jobs) {
        return new Tool(
                "GNU parallel",
                List.of("parallel", "--will-cite", "-j", Integer.toString(jobs)),
                List.of("parallel", "--version"),
                "GNU parallel",
                "Debian: apt-get install parallel");
    }

    static Tool xargs(int jobs) {
        return new Tool(
                "xargs -P",
                List.of("xargs", "-d", "\\n", "-n", "1", "-P", Integer.toString(jobs)),
                List.of("xargs", "--version"),
                "GNU findutils",
                "Debian: apt-get install findutils");
    }

    /// The whole command line.
    List<String> running(String... command) {
        List<String> whole = new ArrayList<>(options);
        whole.addAll(List.of(command));
        return whole;
    }

    /// Whether the program is here.
    boolean here() {
        try {
            Process process =
                    new ProcessBuilder(check).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes());
            return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0 && said.contains(sign);
        } catch (IOException e) {
            return false; // no such program
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}

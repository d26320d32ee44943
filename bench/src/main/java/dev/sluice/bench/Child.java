package dev.sluice.bench;

import dev.sluice.observe.Reports;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;

/// The JVM of one side: does as its parent says, line by line.
///
///     warm MILLIS   ──▶  the nanoseconds of an operation, after having done it for that long
///     run COUNT     ──▶  a [Sample]
///     (end of input: it ends)
final class Child {
    private Child() {}

    /// @param arguments the suite, the work's place in it, the side's in the work, whether the run is a quick
    ///     one
    public static void main(String[] arguments) throws Exception {
        PrintStream answers = System.out;
        System.setOut(System.err); // what a library prints is not an answer
        Reports.handler(report -> {}); // on a machine that others use too, everybody stalls now and then
        List<Work> works = Works.of(arguments[0], Boolean.parseBoolean(arguments[3]));
        Work work = works.get(Integer.parseInt(arguments[1]));
        var side = (Work.Java) work.sides().get(Integer.parseInt(arguments[2]));
        try (Load load = side.load().get();
                var orders = new BufferedReader(new InputStreamReader(System.in))) {
            for (String order = orders.readLine(); order != null; order = orders.readLine()) {
                String[] words = order.split(" ");
                long number = Long.parseLong(words[1]);
                if (words[0].equals("warm")) {
                    double nanos = warmUp(load, work, Duration.ofMillis(number));
                    // What lives long is old from now on, as in a program that has run for a while: a store
                    // into it costs more.
                    System.gc();
                    answers.println(nanos);
                } else {
                    answers.println(load.sample(number).print());
                }
                answers.flush();
            }
        }
        System.exit(0); // a peer's pool may have threads that are not daemons
    }

    private static double warmUp(Load load, Work work, Duration time) throws Exception {
        if (work.operations() > 0) {
            return load.sample(work.operations() / 10).values().getOrDefault(Metric.WALL, 0.0);
        }
        long start = System.nanoTime();
        long operations = work.batch();
        while (true) {
            long before = System.nanoTime();
            load.run(operations);
            long after = System.nanoTime();
            if (after - start >= time.toNanos()) {
                return (double) (after - before) / operations;
            }
            if (after - before < time.toNanos() / 8) {
                operations *= 2;
            }
        }
    }
}

package dev.sluice.examples;

import dev.sluice.Sluice;
import dev.sluice.pool.Pool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Counts the words of all text files below a directory, by worker processes.
final class WordCount {
    // tag::main
    static void main(String[] arguments) throws IOException {
        Sluice.run(() -> {
            try (Pool pool = Pool.processes(2);
                    Stream<Path> files = Files.walk(Path.of(arguments[0]))) {
                List<String> texts = files.filter(file -> file.toString().endsWith(".txt"))
                        .map(Path::toString)
                        .toList();
                long all = 0;
                for (long words : pool.mapUnordered(WordCount::words, texts)) {
                    all += words;
                }
                IO.println(all + " words in " + texts.size() + " files");
            }
        });
    }

    static long words(String file) throws IOException { // runs in a worker
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            return lines.flatMap(line -> Stream.of(line.strip().split("\\s+")))
                    .filter(word -> !word.isEmpty())
                    .count();
        }
    }
    // end::main
}

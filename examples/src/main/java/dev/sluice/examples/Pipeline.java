package dev.sluice.examples;

import dev.sluice.Sluice;
import dev.sluice.channel.Channel;
import dev.sluice.channel.Receiver;
import dev.sluice.task.TaskGroup;
import java.util.List;
import java.util.function.Function;

/// Stages that work at the same time, each a task with a small buffer behind it.
final class Pipeline {
    // tag::main
    static void main() {
        Sluice.run(() -> {
            try (var group = TaskGroup.open()) {
                Receiver<String> lines = stage(group, "read", List.of("3", "4", "5"), line -> line);
                Receiver<Integer> numbers = stage(group, "parse", lines, Integer::parseInt);
                Receiver<Integer> squares = stage(group, "square", numbers, number -> number * number);
                squares.forEach(IO::println);
                group.join();
            }
        });
    }

    static <A, B> Receiver<B> stage(TaskGroup<Object, Void> group, String name, Iterable<A> in, Function<A, B> work) {
        Channel<B> out = Channel.buffered(1); // a fast stage is at most this far ahead
        group.start(name, () -> {
            for (A value : in) {
                out.send(work.apply(value));
            }
            out.close();
        });
        return out;
    }
    // end::main
}

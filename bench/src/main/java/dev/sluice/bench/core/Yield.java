package dev.sluice.bench.core;

import dev.sluice.Sluice;
import dev.sluice.bench.Load;
import dev.sluice.task.TaskGroup;

/// Two coroutines that do nothing but let the other run. An operation is one yield: the way through the ready
/// queue, without a wait. Ours looks for cancellation first.
final class Yield {
    private Yield() {}

    static final class OnLoop extends OneLoop {
        @Override
        long body(long operations) {
            try (var group = TaskGroup.open()) {
                var first = group.start("first", () -> yields(operations / 2));
                var second = group.start("second", () -> yields(operations / 2));
                group.join();
                return first.get() + second.get();
            }
        }

        private static long yields(long count) {
            long done = 0;
            for (; done < count; done++) {
                Sluice.yield();
            }
            return done;
        }
    }

    static final class Bare implements Load {
        private final BareScheduler scheduler = new BareScheduler();
        private final long[] yielded = new long[2];

        @Override
        public long run(long operations) {
            for (int i = 0; i < 2; i++) {
                int me = i;
                scheduler.builder.start(() -> yielded[me] = yields(operations / 2));
            }
            scheduler.runAll();
            return yielded[0] + yielded[1];
        }

        private static long yields(long count) {
            long done = 0;
            for (; done < count; done++) {
                Thread.yield();
            }
            return done;
        }
    }
}

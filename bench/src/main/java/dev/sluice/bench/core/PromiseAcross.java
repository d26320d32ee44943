package dev.sluice.bench.core;

import dev.sluice.Sluice;
import dev.sluice.bench.Load;
import dev.sluice.loop.Loops;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.task.Promise;
import dev.sluice.task.TaskGroup;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/// Two tasks on two threads answer each other, with a new promise for each word. An operation is one word:
/// completed on one thread, awaited on the other, which sleeps. Virtual threads of the JDK may share a carrier
/// and then cross no thread at all; platform threads always do.
final class PromiseAcross {
    private PromiseAcross() {}

    static final class OnTwoLoops implements Load {
        private final Loops loops = Loops.open(LoopsConfig.defaults().withCount(2));

        @Override
        public long run(long operations) {
            return Sluice.callOn(loops.loop(0), "bench", () -> {
                int rounds = Math.toIntExact(operations / 2);
                List<Promise<Integer>> questions =
                        Stream.generate(Promise<Integer>::new).limit(rounds).toList();
                List<Promise<Integer>> answers =
                        Stream.generate(Promise<Integer>::new).limit(rounds).toList();
                try (var group = TaskGroup.open()) {
                    group.startOn(loops.loop(1), "answers", () -> {
                        for (int i = 0; i < rounds; i++) {
                            answers.get(i).complete(questions.get(i).await() + 1);
                        }
                    });
                    long sum = 0;
                    for (int i = 0; i < rounds; i++) {
                        questions.get(i).complete(i);
                        sum += answers.get(i).await();
                    }
                    group.join();
                    return sum;
                }
            });
        }

        @Override
        public void close() {
            loops.close();
        }
    }

    static final class JdkVirtualThreads extends JdkFutures {
        JdkVirtualThreads() {
            super(Thread.ofVirtual());
        }
    }

    static final class JdkPlatformThreads extends JdkFutures {
        JdkPlatformThreads() {
            super(Thread.ofPlatform());
        }
    }

    private abstract static class JdkFutures implements Load {
        private final Thread.Builder threads;

        JdkFutures(Thread.Builder threads) {
            this.threads = threads;
        }

        @Override
        public long run(long operations) throws Exception {
            int rounds = Math.toIntExact(operations / 2);
            List<CompletableFuture<Integer>> questions = Stream.generate(CompletableFuture<Integer>::new)
                    .limit(rounds)
                    .toList();
            List<CompletableFuture<Integer>> answers = Stream.generate(CompletableFuture<Integer>::new)
                    .limit(rounds)
                    .toList();
            var sum = new CompletableFuture<Long>();
            Thread answering = threads.start(() -> {
                for (int i = 0; i < rounds; i++) {
                    answers.get(i).complete(questions.get(i).join() + 1);
                }
            });
            threads.start(() -> {
                long all = 0;
                for (int i = 0; i < rounds; i++) {
                    questions.get(i).complete(i);
                    all += answers.get(i).join();
                }
                sum.complete(all);
            });
            answering.join();
            return sum.get();
        }
    }
}

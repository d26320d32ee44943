package dev.sluice.internal.shm;

import java.util.ArrayList;
import java.util.List;

/// Ends what one thread does on shared memory before one of its steps, as if its process were killed: nothing
/// of it runs any more, and the kernel takes its locks when the caller abandons what the thread has opened.
final class Killed extends Error {
    private static final long serialVersionUID = 1;

    private Killed(String label) {
        super(label);
    }

    /// What a thread does, on files that it notes in the list.
    @FunctionalInterface
    interface Script {
        void run(List<SharedQueue> opened) throws Exception;
    }

    /// Runs a script on this thread up to a step, and abandons what it has open.
    ///
    /// @param step before which step it dies, counted from 0
    /// @return the labels of the steps that it has begun, the last of which it has not taken; shorter than
    ///     `step` if the script has fewer
    static List<String> at(int step, Script script) throws Exception {
        List<SharedQueue> opened = new ArrayList<>();
        List<String> labels = before(step, () -> script.run(opened));
        opened.stream().filter(queue -> !queue.isClosed()).forEach(SharedQueue::abandon);
        return labels;
    }

    /// What a thread does.
    @FunctionalInterface
    interface Body {
        void run() throws Exception;
    }

    /// The same, and leaves it to the caller to abandon what was opened.
    static List<String> before(int step, Body body) throws Exception {
        Thread victim = Thread.currentThread();
        List<String> labels = new ArrayList<>();
        Steps.watch(label -> {
            if (Thread.currentThread() == victim) {
                labels.add(label);
                if (labels.size() == step + 1) {
                    throw new Killed(label);
                }
            }
        });
        try {
            body.run();
        } catch (Killed end) {
            // as planned
        } finally {
            Steps.unwatch();
        }
        return labels;
    }
}

package dev.sluice.task;

import dev.sluice.internal.strand.Completion;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/// The tasks of a group in the order in which they end.
///
/// Threads: `add` and `changed` any; the iterator by the group's owner.
final class Completions<T> {
    private final ConcurrentLinkedQueue<Task<? extends T>> ended = new ConcurrentLinkedQueue<>();

    /// Replaced for each wait. Written before the owner looks for tasks, read after one was added; pairs with
    /// the reads in changed, so that either the owner sees the task or its adder sees the wait.
    private volatile @Nullable Completion<Boolean> change;

    void add(Task<? extends T> task) {
        ended.add(task);
    }

    /// Wakes the iterator, if it waits, to look again.
    void changed() {
        Completion<Boolean> waiting = change;
        if (waiting != null) {
            waiting.complete(true);
        }
    }

    Iterator<Task<T>> iterator(IntSupplier pending) {
        return new Iterator<>() {
            private @Nullable Task<? extends T> next;

            @Override
            public boolean hasNext() {
                while (next == null) {
                    var turn = new Completion<Boolean>();
                    change = turn; // volatile: whoever adds later completes it; pairs with the read in changed
                    boolean more = pending.getAsInt() > 0;
                    next = ended.poll();
                    if (next == null) {
                        if (!more) {
                            return false;
                        }
                        turn.await("the next task to end");
                    }
                }
                return true;
            }

            @Override
            @SuppressWarnings("unchecked") // a task only gives out its result
            public Task<T> next() {
                if (!hasNext()) {
                    throw new NoSuchElementException("no task is left");
                }
                Task<? extends T> result = next;
                next = null;
                assert result != null;
                return (Task<T>) result;
            }
        };
    }
}

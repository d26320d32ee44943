package dev.sluice.cli.map;

import dev.sluice.task.CancelScope;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/// What the first failure sets off: nothing, no more starts, or the end of what runs.
///
/// Threads: any.
final class Halting {
    private final Halt halt;
    private final ItemSource source;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private final Set<CancelScope> running = new HashSet<>();
    private boolean halted;

    Halting(Halt halt, ItemSource source) {
        this.halt = halt;
        this.source = source;
    }

    /// Puts an item into reach of a halt.
    void begin(CancelScope scope) {
        if (halt != Halt.NOW) {
            return;
        }
        lock.lock();
        try {
            running.add(scope);
            if (halted) {
                scope.cancel("--halt now");
            }
        } finally {
            lock.unlock();
        }
    }

    /// Takes it out; a halt that comes later leaves it alone.
    void end(CancelScope scope) {
        if (halt != Halt.NOW) {
            return;
        }
        lock.lock();
        try {
            running.remove(scope);
        } finally {
            lock.unlock();
        }
    }

    /// An item failed for good.
    void failed() {
        if (halt == Halt.NEVER) {
            return;
        }
        source.stop();
        lock.lock();
        try {
            halted = true;
            running.forEach(scope -> scope.cancel("--halt now"));
        } finally {
            lock.unlock();
        }
    }

    boolean isHalted() {
        lock.lock();
        try {
            return halted;
        } finally {
            lock.unlock();
        }
    }
}

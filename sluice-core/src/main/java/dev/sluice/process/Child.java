package dev.sluice.process;

import dev.sluice.cancel.CancelledException;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.strand.Owned;
import dev.sluice.internal.strand.Strand;
import dev.sluice.internal.timer.Timer;
import dev.sluice.io.ByteSink;
import dev.sluice.io.ByteSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A program that was started. It belongs to the scope that started it, and ends with it.
///
/// ```java
/// try (Child child = Command.of("tail", "-f", "log").start()) {
///     child.stdout().transferTo(StandardStreams.out());
/// }                                                        // ended here, with all it started
/// ```
///
/// [#close] ends the program and everything in its process group: TERM, KILL after the command's grace, whether
/// the caller is cancelled or not. What is not closed is closed when the task, group or scope that started it
/// is left. A program that has ended stays in the system's list of processes until then.
///
/// Threads: any.
public final class Child implements AutoCloseable {
    private static final long PATIENCE_NANOS = 100_000_000;

    private final Command command;
    private final Running running;
    private final @Nullable Ownership ownership; // null for a detached one

    private Child(Command command, Running running, EventLoop loop) {
        this.command = command;
        this.running = running;
        this.ownership = command.detached ? null : new Ownership(loop);
    }

    /// Puts a program that was just started into the scope of the caller.
    ///
    /// @throws CancelledException if that was cancelled meanwhile; the program is ended then
    static Child join(Command command, Running running, EventLoop loop) {
        var child = new Child(command, running, loop);
        if (child.ownership != null) {
            child.ownership.join();
        }
        try {
            Strand.current().checkpoint();
            return child;
        } catch (CancelledException cancelled) {
            try {
                child.close();
            } catch (IOException failed) {
                cancelled.addSuppressed(failed);
            }
            throw cancelled;
        }
    }

    /// What was started.
    public Command command() {
        return command;
    }

    /// Its process id, which is also that of its process group.
    public long pid() {
        return running.pid();
    }

    /// Where its input is written; closing it is the end of the input.
    ///
    /// @throws IllegalStateException unless the command says [Input#piped]
    public ByteSink stdin() {
        return piped("stdin", running.piped().stdin());
    }

    /// Where its output is read.
    ///
    /// @throws IllegalStateException unless the command says [Output#piped]
    public ByteSource stdout() {
        return piped("stdout", running.piped().stdout());
    }

    /// Where its errors are read.
    ///
    /// @throws IllegalStateException unless the command says [Output#piped]
    public ByteSource stderr() {
        return piped("stderr", running.piped().stderr());
    }

    private <T> T piped(String what, @Nullable T stream) {
        if (stream == null) {
            throw new IllegalStateException(what + " of " + command + ": not piped");
        }
        return stream;
    }

    /// Waits until the program has ended, and says how. What it wrote may still have to be read, and what it
    /// started may still run.
    public Exit exit() {
        return known(running.exit().await(this));
    }

    private Exit known(Running.Ended ended) {
        if (ended.exit() == null) {
            throw new IllegalStateException("exit of " + this + ": not known: " + ended.problem());
        }
        return ended.exit();
    }

    /// Whether the program has ended.
    public boolean hasEnded() {
        return running.exit().result() != null;
    }

    /// Sends a signal to the program and all others of its group.
    ///
    /// @param signal its number
    /// @return false if there is nobody left to be signalled, or nobody whom this process may signal
    /// @throws UnsupportedOperationException where processes are the JDK's, for others than TERM (15) and KILL
    ///     (9)
    public boolean signal(int signal) {
        return running.signal(signal);
    }

    /// Ends the program and its whole group: TERM at once, KILL after the grace. Waits for that, cancelled or
    /// not.
    ///
    /// If the program itself has ended, what it left in its group is treated so.
    ///
    /// @return how the program ended
    public Exit terminate(Duration grace) {
        running.end(grace);
        running.gone().awaitUncancellable(this);
        return known(running.exit().awaitUncancellable(this));
    }

    /// Ends the program as [#terminate] with the command's grace, unless it is detached, and closes its
    /// streams. Once is enough, more is no error.
    @Override
    public void close() throws IOException {
        ByteSource err = running.piped().stderr();
        ByteSource out = running.piped().stdout();
        ByteSink in = running.piped().stdin();
        // Closes each, whatever happens to the others; one that is not piped is null.
        try (err;
                out;
                in) {
            if (ownership != null) {
                endGroup();
                ownership.leave();
            }
        }
    }

    private void endGroup() {
        if (running.gone().result() == null) {
            running.end(command.grace());
            running.gone().awaitUncancellable(this);
        }
    }

    @Override
    public String toString() {
        return "child " + pid() + " (" + command + ")";
    }

    /// The child's place in the scope that started it.
    ///
    /// When that is cancelled, its owner normally closes the child on its way out. Not at once from here: those
    /// who read and write would take the death of the program for the failure, and the cancellation for its
    /// consequence. But who computes on, or waits in a shield, does not keep a cancelled program alive.
    private final class Ownership extends Owned {
        private final EventLoop loop;
        private final Timer patience = new Timer() {
            @Override
            protected void expired() {
                running.end(command.grace());
            }
        };

        Ownership(EventLoop loop) {
            super(Strand.current());
            this.loop = loop;
        }

        void join() {
            begin();
        }

        void leave() {
            if (reason() != null) {
                loop.disarm(patience);
            }
            release();
        }

        @Override
        protected void onCancelled() {
            patience.deadline = EventLoop.saturatedAdd(loop.clock().nanoTime(), PATIENCE_NANOS);
            loop.arm(patience);
        }

        @Override
        protected void end() {
            try {
                close();
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        @Override
        public String toString() {
            return Child.this.toString();
        }
    }
}

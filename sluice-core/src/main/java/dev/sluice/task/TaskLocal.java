package dev.sluice.task;

import dev.sluice.internal.strand.Locals;
import dev.sluice.internal.strand.Strand;
import java.util.Optional;

/// A value that goes along with a task: into the tasks that it starts, and into what it offloads.
///
/// Bound for the time of a body and never set, so what a child binds does not show in its parent. A scoped
/// value bound by the starter is seen by its tasks as well; a task local is also found where the JDK's
/// scheduler runs the coroutines.
///
/// Threads: any; what [#get] answers depends on the calling task.
public final class TaskLocal<T> {
    private final String name;

    public TaskLocal(String name) {
        this.name = name;
    }

    /// Calls a body in which this local has a value.
    public <R, X extends Exception> R call(T value, Call<R, X> body) throws X {
        Strand strand = Strand.current();
        Locals before = strand.locals();
        strand.locals(new Locals(this, value, before));
        try {
            return body.call();
        } finally {
            strand.locals(before);
        }
    }

    /// Runs a body in which this local has a value.
    public <X extends Exception> void run(T value, Action<X> body) throws X {
        call(value, () -> {
            body.run();
            return this;
        });
    }

    /// The value bound nearest to the caller.
    @SuppressWarnings("unchecked") // bound by call, under this key
    public Optional<T> find() {
        return Optional.ofNullable((T) Locals.find(Strand.current().locals(), this));
    }

    /// The value bound nearest to the caller.
    ///
    /// @throws IllegalStateException if none is bound
    public T get() {
        return find().orElseThrow(() -> new IllegalStateException(
                "get task local " + name + ": not bound in " + Strand.current().path()));
    }

    @Override
    public String toString() {
        return name;
    }
}

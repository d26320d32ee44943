package dev.sluice.pool;

/// A call of a function by a thread.
///
/// Threads: any; ended by the thread that has it.
final class ThreadCall<R> extends WorkerCall<R> {
    /// The function, with its argument.
    @FunctionalInterface
    interface Body<R> {
        R call() throws Exception;
    }

    final Body<? extends R> body;
    private final String name;

    ThreadCall(ThreadPool pool, String name, Body<? extends R> body) {
        super(pool);
        this.name = name;
        this.body = body;
    }

    @Override
    public String name() {
        return name;
    }
}

package dev.sluice.task;

/// Something to do that has a result, see [Action].
@FunctionalInterface
public interface Call<T, X extends Exception> {
    T call() throws X;
}

package dev.sluice.task;

/// Something to do. What it may throw is part of its type, so that a wrapper throws no more than its body.
@FunctionalInterface
public interface Action<X extends Exception> {
    void run() throws X;
}

package dev.sluice.tidy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Stands for a public type in [ApiFileTest]; the text depends on everything but the parts that are not visible.
public abstract class ApiSample<T extends Comparable<T>> implements Runnable {
    public static final int LIMIT = 1;
    private final List<T> hidden = new ArrayList<>();

    protected ApiSample(int size) {
        assert size >= 0 : hidden;
    }

    protected abstract <R> List<? extends R> answer(T[] question, @Nullable String hint) throws IOException;

    void hidden() {}

    public enum Kind {
        ONE
    }
}

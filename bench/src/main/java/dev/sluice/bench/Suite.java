package dev.sluice.bench;

import java.util.List;
import java.util.function.Consumer;

/// What `bench/run` can be asked for.
public interface Suite {
    /// Measures everything.
    ///
    /// @param done is given the rows of each work when it has been measured
    void run(Plan plan, Consumer<List<Row>> done) throws Exception;
}

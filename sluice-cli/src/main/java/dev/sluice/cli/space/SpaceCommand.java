package dev.sluice.cli.space;

import dev.sluice.cli.command.LoopCommand;
import dev.sluice.io.StreamException;
import dev.sluice.space.SpaceException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// What these commands share: how they fail.
abstract class SpaceCommand extends LoopCommand {
    /// What it does with the space.
    ///
    /// @return the exit status
    /// @throws IllegalArgumentException what was typed is no name of a space or an object
    abstract int work() throws IOException;

    @Override
    protected final int run() throws IOException {
        try {
            return work();
        } catch (IllegalArgumentException named) {
            throw wrong(String.valueOf(named.getMessage()));
        }
    }

    @Override
    protected final @Nullable String explain(Throwable failure) {
        return failure instanceof IOException || failure instanceof SpaceException
                ? String.valueOf(failure.getMessage())
                : null;
    }

    @Override
    protected final boolean isBrokenPipe(Throwable failure) {
        return failure instanceof StreamException stream && stream.isBrokenPipe();
    }
}

package dev.sluice.process;

import dev.sluice.internal.strand.Completion;
import dev.sluice.io.ByteSink;
import dev.sluice.io.ByteSource;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A started program as the system sees it: by the kernel's interfaces, or by the JDK's.
///
/// Threads: any, but never the bare loop thread, except for [#end(Duration)].
interface Running {
    long pid();

    /// Our ends of its standard streams.
    Piped piped();

    /// Completed when the program itself has ended.
    Completion<Ended> exit();

    /// Signals the whole group.
    ///
    /// @return false if there is nobody to be signalled, or nobody who may be
    boolean signal(int signal);

    /// Begins to end whatever is left of the group, and lets the system forget the program; does not wait. A
    /// second call can only shorten the grace. Any thread.
    ///
    /// @param grace how long to leave them between TERM and KILL
    void end(Duration grace);

    /// Completed when [#end] has done its work.
    Completion<Boolean> gone();

    /// Our ends of the standard streams that are piped.
    ///
    /// @param stdin null unless piped, as the other two
    record Piped(
            @Nullable ByteSink stdin,
            @Nullable ByteSource stdout,
            @Nullable ByteSource stderr) {}

    /// The end of a program.
    ///
    /// @param exit how it ended, or null if that cannot be known
    /// @param problem why not
    record Ended(@Nullable Exit exit, String problem) {
        static Ended with(Exit exit) {
            return new Ended(exit, "");
        }
    }
}

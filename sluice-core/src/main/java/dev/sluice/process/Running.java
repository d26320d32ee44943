package dev.sluice.process;

import dev.sluice.internal.strand.Completion;
import dev.sluice.io.ByteSink;
import dev.sluice.io.ByteSource;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A started program as the system sees it: by the kernel's interfaces, or by the JDK's.
///
/// Threads: any.
interface Running {
    long pid();

    /// Null unless piped, as the other two.
    @Nullable ByteSink stdin();

    @Nullable ByteSource stdout();

    @Nullable ByteSource stderr();

    /// Completed when the program itself has ended.
    Completion<Exit> exit();

    /// Signals the whole group.
    ///
    /// @throws ProcessException if the system refuses
    void signal(int signal) throws ProcessException;

    /// Ends whatever is left of the group, and lets the system forget the program. Waits for that, cancelled or
    /// not; does it once.
    ///
    /// @param grace how long to leave them between TERM and KILL
    void end(Duration grace);
}

package dev.sluice.space.sync;

import dev.sluice.channel.Clause;
import java.util.function.Supplier;

/// Something that has happened or not, for all members of a space: those who wait go on when it has, and later
/// ones do not wait.
///
/// ```java
/// SharedEvent stop = space.event("stop");
/// while (!stop.isSet()) work();                               // in every worker
/// stop.set();                                                 // in one of them, or in their parent
/// ```
///
/// Whoever waits when it is set goes on, even if it is cleared at once.
///
/// Threads: any.
public interface SharedEvent {
    /// The name in its space.
    String name();

    /// It has happened.
    ///
    /// @return whether this call changed that
    boolean set();

    /// It has not happened, from now on.
    ///
    /// @return whether this call changed that
    boolean clear();

    /// Whether it has happened. In shared memory this is one load.
    boolean isSet();

    /// Waits until it has happened.
    ///
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled
    void await();

    /// A clause of a select that is chosen when it has happened, or happens while the select waits.
    ///
    /// @param then gives the result of the select
    <R> Clause<R> onSet(Supplier<? extends R> then);
}

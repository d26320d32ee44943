package dev.sluice.space;

import java.time.Duration;

/// An item taken from a queue and not yet acknowledged. It returns when its holder closes it, ends or dies.
///
///     held ──done──────────────▶ ended, the item is gone
///      │ ───giveBack, close────▶ ended, the item waits again
///      └────the holder's end───▶ ended, the item waits again
///
/// It belongs to the task that took it, and returns when that task ends. Other tasks may end it before. What
/// was taken by a thread that is not Sluice's, whose end nobody sees, returns when the space is closed.
///
/// Threads: any.
public interface Lease<T> extends AutoCloseable {
    /// The item.
    T item();

    /// How often it was delivered, this time included: from 1 on. Above 1 an earlier holder may have done all
    /// of the work, or a part.
    int delivery();

    /// The work is done: the item is gone.
    ///
    /// @return false if the lease was lost before, at a distance where that happens; another taker has, or will
    ///     have, the item
    /// @throws IllegalStateException if the lease has been ended
    boolean done();

    /// Gives the item to another taker at once.
    ///
    /// @throws IllegalStateException if the lease has been ended
    void giveBack();

    /// Gives the item to another taker when some time has passed.
    ///
    /// @param delay zero or less: at once; at most 365 days
    /// @throws IllegalStateException if the lease has been ended
    void giveBack(Duration delay);

    /// Says that the holder is alive and works. Where [Space.Capabilities#leaseLimit] says a time, it begins
    /// anew; elsewhere this does nothing.
    ///
    /// @return false if the lease was lost before, as for [#done]
    /// @throws IllegalStateException if the lease has been ended
    boolean extend();

    /// Gives the item back, if the lease has not been ended.
    @Override
    void close();
}

/// What tasks and threads coordinate by, beside channels: locks, permits, events, meeting points, rates.
///
/// All of them work between the coroutines of one loop, of several loops, and threads that are not ours; they
/// park the caller, never the loop. Three rules hold throughout:
/// - fair: who waits is served in the order in which the waits began, and nobody passes them by;
/// - a cancelled wait has not happened: what was handed to a cancelled caller goes to the next. Time limits
///   come from a [dev.sluice.task.Deadline] around the call, there are no other forms;
/// - what asks twice, or gives back what it has not, gets an [dev.sluice.sync.OwnershipException].
///
/// Each has `statistics()`: who holds it and who waits, by name. Prefer a channel when values are handed over;
/// prefer no lock at all between coroutines of one loop, which cannot interrupt each other between two waits.
///
/// Start reading at [dev.sluice.sync.Lock]; how the waiting works is in `dev.sluice.internal.strand.WaitList`.
@NullMarked
package dev.sluice.sync;

import org.jspecify.annotations.NullMarked;

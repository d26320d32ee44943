/// Spaces: where named objects live that tasks, processes and machines share.
///
/// | | |
/// |---|---|
/// | [dev.sluice.space.Space] | opens them: `local:`, `shm:`, later a hub and an engine |
/// | [dev.sluice.space.Queue], [dev.sluice.space.Lease] | work that is acknowledged |
/// | [dev.sluice.space.Pipe] | messages between two |
/// | [dev.sluice.space.Topic] | each message to everybody who subscribed |
/// | [dev.sluice.space.Namespace] | keys and values, with versions and watches |
/// | [dev.sluice.space.Value], [dev.sluice.space.Array] | one value; many numbers |
/// | `dev.sluice.space.sync` | locks, permits, events, barriers, counters |
///
/// The promises, at every distance:
///
/// - A cancelled operation has not happened, and nothing is lost by it. Time limits come from a
///   [dev.sluice.task.Deadline] around the call.
/// - Nobody waits for the dead: what a member held comes back when it dies. Where
///   [dev.sluice.space.Space.Capabilities#leaseLimit] is empty, only a death does that, never the time.
/// - What one task writes to an object, before it writes to another, others see in this order.
/// - Everything has a limit, and reaching it is a wait or a [dev.sluice.space.SpaceException] that names it.
///
/// Values travel by a [dev.sluice.codec.Codec], at every distance, `local:` included: what is taken is never
/// the object that was put, and a program can be moved to another distance without a change.
@NullMarked
package dev.sluice.space;

import org.jspecify.annotations.NullMarked;

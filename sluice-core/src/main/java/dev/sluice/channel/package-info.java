/// Channels: where tasks hand values over, and the select that waits for several of them.
///
/// | | |
/// |---|---|
/// | [dev.sluice.channel.Channel] | each value from one sender to one receiver; six kinds |
/// | [dev.sluice.channel.Broadcast] | each value to everybody who subscribed |
/// | [dev.sluice.channel.Ticker] | a receiver that gets a value every so often |
/// | [dev.sluice.channel.Select] | one wait over several ends, times, tasks and promises |
///
/// The promises, for all of them:
///
/// - A value is delivered or still the sender's, never neither and never both, whatever is cancelled when.
/// - Values keep their order, and those who wait are served in theirs.
/// - Everything has a limit but `Channel.unlimited()`.
/// - Any thread may be at either end.
///
/// How it works: what is shared is a `Locked`, held for a few field accesses. It has a `SendingEnd` and a
/// `ReceivingEnd`; `Ends` has the one way in which a strand waits at them, and `Select` the way in which it waits
/// at many. `LockedChannel` puts a `Store` between the ends, `LockedBroadcast` a ring with cursors. Strands are
/// woken, and foreign code runs, only when no lock is held.
@NullMarked
package dev.sluice.channel;

import org.jspecify.annotations.NullMarked;

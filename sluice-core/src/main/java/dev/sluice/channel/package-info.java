/// Channels: where tasks hand values over, and the select that waits for several of them.
///
/// Start reading at [dev.sluice.channel.Channel]; how it works is in `LockedChannel`.
@NullMarked
package dev.sluice.channel;

import org.jspecify.annotations.NullMarked;

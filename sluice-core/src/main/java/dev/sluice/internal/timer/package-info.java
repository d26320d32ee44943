/// Timers in constant time, whatever their number.
///
/// A [TimerWheel] holds what is to happen at a time; a [Timer] is both the thing that happens and the node by
/// which the wheel holds it, so arming allocates nothing and disarming is unlinking.
///
/// **Threads.** One, that of the loop.
///
/// **Limits.** A timer never ends early, and late by a tick of the wheel (16.4 µs) plus what its loop is busy
/// with.
///
/// Start reading at [TimerWheel].
@NullMarked
package dev.sluice.internal.timer;

import org.jspecify.annotations.NullMarked;

/// The clock that a loop lives by.
///
/// Everything in Sluice that looks at the time does so through a [Clock], so that a simulation can let it jump.
/// [Clock#system] is the operating system's, and the only place in the core that reads it.
///
/// **Threads.** Any.
///
/// **Limits.** `nanoTime` has no relation to other clocks; `now` may jump.
@NullMarked
package dev.sluice.time;

import org.jspecify.annotations.NullMarked;

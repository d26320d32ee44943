/// The suite `core`: loops, tasks and timers beside those of the JDK. One file a work, with all its sides in
/// it.
@NullMarked
package dev.sluice.bench.core;

import org.jspecify.annotations.NullMarked;

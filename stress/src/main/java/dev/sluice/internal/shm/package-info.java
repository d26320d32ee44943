/// Races of the protocols in shared memory, which need its internals.
@NullMarked
package dev.sluice.internal.shm;

import org.jspecify.annotations.NullMarked;

/// Races at a loop's inbox, which is not visible outside its package.
@NullMarked
package dev.sluice.internal.loop;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.sluice.internal.sched;

import org.jspecify.annotations.NullMarked;

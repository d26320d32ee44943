@NullMarked
package dev.sluice.internal.timer;

import org.jspecify.annotations.NullMarked;

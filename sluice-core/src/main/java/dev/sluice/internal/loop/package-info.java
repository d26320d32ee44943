@NullMarked
package dev.sluice.internal.loop;

import org.jspecify.annotations.NullMarked;

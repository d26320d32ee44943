@NullMarked
package dev.sluice.cancel;

import org.jspecify.annotations.NullMarked;

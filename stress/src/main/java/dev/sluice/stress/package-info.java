/// Races of two or three threads, all outcomes listed (jcstress), and sequential models (Lincheck).
@NullMarked
package dev.sluice.stress;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.sluice.internal.strand;

import org.jspecify.annotations.NullMarked;

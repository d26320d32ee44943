/// What the spaces of every distance share.
@NullMarked
package dev.sluice.internal.space;

import org.jspecify.annotations.NullMarked;

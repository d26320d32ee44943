/// `sluice listen`, `dial` and `proxy`: connections joined to standard streams, to children and to each other.
@NullMarked
package dev.sluice.cli.socket;

import org.jspecify.annotations.NullMarked;

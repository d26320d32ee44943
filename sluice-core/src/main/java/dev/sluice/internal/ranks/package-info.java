/// What connects the ranks of a group: a board that says who is there, a ring of bytes for each pair, and a way
/// to wait. The same at every distance; only where the memory is and who wakes whom differs.
@NullMarked
package dev.sluice.internal.ranks;

import org.jspecify.annotations.NullMarked;

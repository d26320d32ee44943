/// Child processes that belong to the scope that started them: none outlives it, whatever becomes of the
/// parent.
///
/// Start reading at [Command].
@NullMarked
package dev.sluice.process;

import org.jspecify.annotations.NullMarked;

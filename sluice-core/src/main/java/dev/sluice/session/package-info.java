/// Many streams over one connection.
///
/// Start reading at [Mux].
@NullMarked
package dev.sluice.session;

import org.jspecify.annotations.NullMarked;

/// What two sides keep up over one connection: many streams, or calls and their answers.
///
/// Start reading at [Mux] for streams, at [Session] for calls.
@NullMarked
package dev.sluice.session;

import org.jspecify.annotations.NullMarked;

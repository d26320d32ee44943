/// The suite `net`: echoes, frames, TLS and files, by Sluice and by other servers, each in a process of its own
/// and on a processor of its own, with one load for all on another. `Groups` has the works.
@NullMarked
package dev.sluice.bench.net;

import org.jspecify.annotations.NullMarked;

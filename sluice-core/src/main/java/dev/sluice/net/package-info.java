/// Transports: byte streams between tasks, processes and machines, under one contract.
///
/// Start reading at [Connection] and [Tcp].
@NullMarked
package dev.sluice.net;

import org.jspecify.annotations.NullMarked;

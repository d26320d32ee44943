/// The suite `ipc`: messages, shared objects, calls and ranks between processes of one machine.
@NullMarked
package dev.sluice.bench.ipc;

import org.jspecify.annotations.NullMarked;

/// The suite `ipc`: messages between two processes of one machine.
@NullMarked
package dev.sluice.bench.ipc;

import org.jspecify.annotations.NullMarked;

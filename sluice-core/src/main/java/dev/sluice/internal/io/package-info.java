/// What streams and processes share: how a strand waits for an operation of its loop's poller.
///
/// Start reading at [SuspendedOperation].
@NullMarked
package dev.sluice.internal.io;

import org.jspecify.annotations.NullMarked;

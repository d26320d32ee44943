/// The Linux kernel as plain Java methods, one class a header, through the FFM API.
///
/// Each call has the man page's name and returns what the kernel returns: a result, or the negated `errno` (see
/// [Errno]). Nothing here blocks a loop by itself, retries or throws for an error of the kernel; that is for the
/// callers.
///
/// Descriptors and addresses are plain `int` and `long`: no FFM type leaves the package. A [CallState] is what a
/// loop brings to its calls, so that none of them allocates.
///
/// Ask [LinuxSupport] before anything else: it loads on every system, the other classes only where it says so.
/// Start reading at [Unistd].
@NullMarked
package dev.sluice.internal.linux;

import org.jspecify.annotations.NullMarked;

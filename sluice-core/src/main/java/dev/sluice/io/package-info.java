/// Byte streams that suspend their reader or writer, and never the loop: standard streams, files, what others
/// bring.
///
/// Start reading at [ByteSource].
@NullMarked
package dev.sluice.io;

import org.jspecify.annotations.NullMarked;

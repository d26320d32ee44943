/// Connections by callbacks, for code that comes from asyncio's transports and protocols, or from Netty.
///
/// New code reads and writes a [dev.sluice.net.Connection] directly, which needs none of this. Start reading at
/// [Callbacks].
@NullMarked
package dev.sluice.callback;

import org.jspecify.annotations.NullMarked;

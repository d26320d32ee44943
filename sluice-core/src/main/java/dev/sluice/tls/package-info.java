/// TLS over any connection: certificates, handshakes, records.
///
/// Start reading at [TlsContext].
@NullMarked
package dev.sluice.tls;

import org.jspecify.annotations.NullMarked;

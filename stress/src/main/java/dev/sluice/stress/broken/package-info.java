/// Protocols with the mistakes that the real ones avoid: the harness has to see each, or it proves nothing.
@NullMarked
package dev.sluice.stress.broken;

import org.jspecify.annotations.NullMarked;

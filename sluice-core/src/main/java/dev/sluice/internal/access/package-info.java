/// What is behind public types, for Sluice's own packages and `sluice-testing`; see
/// [dev.sluice.internal.strand.Secrets].
@NullMarked
package dev.sluice.internal.access;

import org.jspecify.annotations.NullMarked;

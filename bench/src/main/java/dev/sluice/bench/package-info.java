/// Benchmarks: each workload beside a peer's on the same machine.
@NullMarked
package dev.sluice.bench;

import org.jspecify.annotations.NullMarked;

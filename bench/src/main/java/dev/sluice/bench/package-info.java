/// Benchmarks: each work of ours beside the same work of a peer, in turns, in one run. `bench/run SUITE` starts
/// them; docs/benchmarks.md says how they measure and how to read them.
@NullMarked
package dev.sluice.bench;

import org.jspecify.annotations.NullMarked;

package dev.sluice.pool;

/// One reading of a pool's counters, which need not agree with each other to the last call.
///
/// @param workers that are ready to work
/// @param started workers since the pool was opened
/// @param died workers that ended without being told to, of those
/// @param waiting calls that no worker has got
/// @param running calls that a worker has got, some of them ahead; it runs one at a time
/// @param ended calls since the pool was opened, however
public record PoolStatistics(int workers, long started, long died, int waiting, int running, long ended) {}

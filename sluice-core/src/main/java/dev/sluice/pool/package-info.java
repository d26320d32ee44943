/// Pools: workers that run functions for others, in threads or in processes of their own.
///
/// | | |
/// |---|---|
/// | [dev.sluice.pool.Pool] | calls functions, maps them over inputs |
/// | [dev.sluice.pool.PoolFunction] | what it calls |
/// | [dev.sluice.pool.PoolTask] | one call, and its end |
///
/// Start reading at [dev.sluice.pool.Pool].
@NullMarked
package dev.sluice.pool;

import org.jspecify.annotations.NullMarked;

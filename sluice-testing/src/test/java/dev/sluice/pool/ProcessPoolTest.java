package dev.sluice.pool;

import dev.sluice.testing.PoolContract;

class ProcessPoolTest extends PoolContract {
    @Override
    protected Pool open(int workers) {
        return Pool.processes(workers);
    }
}

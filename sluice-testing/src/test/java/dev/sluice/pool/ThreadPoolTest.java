package dev.sluice.pool;

import dev.sluice.testing.PoolContract;

class ThreadPoolTest extends PoolContract {
    @Override
    protected Pool open(int workers) {
        return Pool.threads(workers);
    }
}

package dev.sluice.internal.shm;

import dev.sluice.loop.Backend;
import dev.sluice.net.CancelSweep;
import dev.sluice.testing.Cancellations;
import dev.sluice.testing.space.SelectContract;
import java.util.function.Supplier;

class ShmSelectTest extends SelectContract {
    @Override
    protected String address(String name) {
        return "shm:sluice-test-" + name;
    }

    @Override
    protected void destroy(String tested) {
        Shared.destroy(tested);
    }

    @Override
    protected <S> int cancelEverywhere(
            Supplier<? extends S> fresh, Cancellations.Part<? super S> work, Cancellations.Part<? super S> check)
            throws Exception {
        return CancelSweep.everywhere(Backend.AUTO, fresh::get, work::accept, check::accept);
    }
}

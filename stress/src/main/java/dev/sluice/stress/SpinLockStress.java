package dev.sluice.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.sluice.internal.strand.SpinLock;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/// The lock of a few field accesses: one at a time, and each sees what the last has written.
public final class SpinLockStress {
    private SpinLockStress() {}

    /// Two take the lock, each in its way.
    @JCStressTest
    @Outcome(
            id = {"1, 2, 2", "2, 1, 2"},
            expect = ACCEPTABLE,
            desc = "one after the other")
    @Outcome(expect = FORBIDDEN, desc = "both at once, or one does not see the other's write")
    @State
    public static class LockAgainstLock {
        private static final VarHandle LOCK;

        static {
            try {
                LOCK = MethodHandles.lookup().findVarHandle(LockAgainstLock.class, "lock", byte.class);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        @SuppressWarnings("unused") // through LOCK
        private byte lock;

        private int count; // guarded by lock

        @Actor
        public void one(III_Result r) {
            SpinLock.lock(LOCK, this);
            r.r1 = ++count;
            SpinLock.unlock(LOCK, this);
        }

        @Actor
        public void nested(III_Result r) {
            SpinLock.lockNested(LOCK, this);
            r.r2 = ++count;
            SpinLock.unlock(LOCK, this);
        }

        @Arbiter
        public void end(III_Result r) {
            r.r3 = count;
        }
    }
}

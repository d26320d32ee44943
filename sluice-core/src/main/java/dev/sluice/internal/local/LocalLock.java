package dev.sluice.internal.local;

import dev.sluice.space.sync.SharedLock;
import java.util.Optional;

/// A lock, or one side of one for readers and writers, as one opening sees it.
///
/// Threads: any.
record LocalLock(LocalSpace opening, LockState state, boolean exclusive) implements SharedLock {
    @Override
    public String name() {
        return state.name;
    }

    @Override
    public Held acquire() {
        requireNotHeld();
        return held(state.owners.await(opening, () -> state.mayEnter(exclusive), () -> state.enter(exclusive)));
    }

    @Override
    public Optional<Held> tryAcquire() {
        requireNotHeld();
        LockState.Grant grant =
                state.owners.tryNow(opening, () -> state.mayEnter(exclusive), () -> state.enter(exclusive));
        return grant == null ? Optional.empty() : Optional.of(held(grant));
    }

    private void requireNotHeld() {
        if (Claim.hasAny(opening, claim -> claim instanceof Possession held && held.lock.state == state)) {
            throw new IllegalStateException(
                    "acquire " + state.subject() + ": held by the caller, expected somebody else");
        }
    }

    private Held held(LockState.Grant grant) {
        return new Ownership(this, grant, possession());
    }

    private Possession possession() {
        Possession own = new Possession(this);
        own.begin("acquire", state);
        return own;
    }

    /// What comes back when an owner ends.
    private static final class Possession extends Claim {
        private final LocalLock lock;

        Possession(LocalLock lock) {
            super(lock.opening);
            this.lock = lock;
        }

        @Override
        void lost() {
            lock.state.abandon(lock.exclusive);
        }

        /// Releases the lock, unless it is lost.
        void release() {
            if (end()) {
                lock.state.leave(lock.exclusive);
            }
        }
    }

    /// The lock while a task has it.
    ///
    /// Threads: the owner.
    static final class Ownership implements Held {
        private final LocalLock lock;
        private LockState.Grant grant;
        private Possession possession;

        private Ownership(LocalLock lock, LockState.Grant grant, Possession possession) {
            this.lock = lock;
            this.grant = grant;
            this.possession = possession;
        }

        @Override
        public boolean recovered() {
            return grant.recovered();
        }

        @Override
        public void repaired() {
            requireHeld("repair");
            lock.state.repaired();
            grant = new LockState.Grant(false, grant.fence());
        }

        @Override
        public long fence() {
            return grant.fence();
        }

        Realm realm() {
            return lock.state.realm;
        }

        void requireHeld(String doing) {
            if (possession.state() != Claim.State.HELD) {
                throw new IllegalStateException(doing + " " + lock.state.subject() + ": not held, expected the owner");
            }
        }

        /// Waits for the lock again, if it was released, whether the caller is cancelled or not. If the opening
        /// was closed meanwhile, the lock is not held.
        ///
        /// @throws dev.sluice.space.SpaceException `CLOSED` then
        void acquireAgain() {
            if (possession.state() == Claim.State.HELD) {
                return;
            }
            LockState state = lock.state;
            boolean exclusive = lock.exclusive;
            grant = state.owners.awaitUncancellable(
                    lock.opening, () -> state.mayEnter(exclusive), () -> state.enter(exclusive));
            possession = lock.possession();
        }

        @Override
        public void close() {
            possession.release();
        }

        @Override
        public String toString() {
            return lock + ", held";
        }
    }

    @Override
    public String toString() {
        return (exclusive ? "" : "read ") + state.subject();
    }
}

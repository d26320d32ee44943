package dev.sluice.bench.core;

import dev.sluice.bench.Work;
import java.util.List;

/// The works of the suite `sync`: locks, conditions and semaphores.
public final class SyncWorks {
    private SyncWorks() {}

    public static List<Work> works() {
        return List.of(
                Work.of("lock that is free", FreeLock.OnLoop::new)
                        .beside("JDK fair lock, virtual thread", FreeLock.Jdk::new),
                Work.of("lock hand-over on one loop", HandOver.LockOnLoop::new)
                        .beside("JDK fair lock, same coroutines", HandOver.JdkLockOnLoop::new)
                        .beside("JDK fair lock, virtual threads", HandOver.JdkLock::new)
                        .batch(2),
                Work.of("semaphore hand-over on one loop", HandOver.SemaphoreOnLoop::new)
                        .beside("JDK fair semaphore, same coroutines", HandOver.JdkSemaphoreOnLoop::new)
                        .beside("JDK fair semaphore, virtual threads", HandOver.JdkSemaphore::new)
                        .batch(2),
                Work.of("lock and condition across two threads", HandOverAcross.LockOnLoops::new)
                        .beside("JDK lock, platform threads", HandOverAcross.JdkLockPlatform::new)
                        .beside("JDK lock, virtual threads", HandOverAcross.JdkLockVirtual::new)
                        .batch(2),
                Work.of("semaphores across two threads", HandOverAcross.SemaphoreOnLoops::new)
                        .beside("JDK semaphores, platform threads", HandOverAcross.JdkSemaphorePlatform::new)
                        .beside("JDK semaphores, virtual threads", HandOverAcross.JdkSemaphoreVirtual::new)
                        .batch(2));
    }
}

package dev.sluice.bench.core;

import dev.sluice.bench.Load;
import dev.sluice.bench.Program;
import dev.sluice.bench.Work;
import java.util.List;
import java.util.function.LongUnaryOperator;

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
                        .beside("Kotlin Mutex, event loop", () -> kotlin(HandOvers.lock()))
                        .beside(Program.python("asyncio Lock", "hand-over", "0"))
                        .batch(2),
                Work.of("semaphore hand-over on one loop", HandOver.SemaphoreOnLoop::new)
                        .beside("JDK fair semaphore, same coroutines", HandOver.JdkSemaphoreOnLoop::new)
                        .beside("JDK fair semaphore, virtual threads", HandOver.JdkSemaphore::new)
                        .beside("Kotlin Semaphore, event loop", () -> kotlin(HandOvers.semaphore()))
                        .beside(Program.python("asyncio Semaphore", "hand-over", "1"))
                        .beside(Program.go("Go, a value in a channel, GOMAXPROCS=1", 1, "hand-over", "1"))
                        .batch(2),
                Work.of("lock and condition across two threads", HandOverAcross.LockOnLoops::new)
                        .beside("JDK lock, platform threads", HandOverAcross.JdkLockPlatform::new)
                        .beside("JDK lock, virtual threads", HandOverAcross.JdkLockVirtual::new)
                        .batch(2),
                Work.of("semaphores across two threads", HandOverAcross.SemaphoreOnLoops::new)
                        .beside("JDK semaphores, platform threads", HandOverAcross.JdkSemaphorePlatform::new)
                        .beside("JDK semaphores, virtual threads", HandOverAcross.JdkSemaphoreVirtual::new)
                        .beside("Kotlin semaphores, two threads", () -> kotlin(HandOvers.semaphoresOnTwoThreads()))
                        .beside(Program.go(
                                "Go, two channels", Runtime.getRuntime().availableProcessors(), "turns", "1"))
                        .batch(2),
                Work.of("lock and condition, thread and loop", HandOverAcross.LockToLoop::new)
                        .beside("JDK lock, platform and virtual thread", HandOverAcross.JdkLockToVirtual::new)
                        .batch(2),
                Work.of("semaphores, thread and loop", HandOverAcross.SemaphoreToLoop::new)
                        .beside(
                                "JDK semaphores, platform and virtual thread",
                                HandOverAcross.JdkSemaphoreToVirtual::new)
                        .batch(2));
    }

    private static Load kotlin(LongUnaryOperator load) {
        return load::applyAsLong;
    }
}

package dev.sluice.bench.core;

import dev.sluice.bench.Metric;
import dev.sluice.bench.Work;
import java.util.List;

/// The works of the suite `core`, with the goals of the design. Each class says what its operation is.
public final class CoreSuite {
    private static final long MILLION = 1_000_000;

    private CoreSuite() {}

    public static List<Work> works(boolean quick) {
        long many = quick ? MILLION / 10 : MILLION;
        return List.of(
                Work.of("park and resume on one loop", ParkResume.OnLoop::new)
                        .beside("bare virtual threads, one thread", ParkResume.Bare::new)
                        .goal(Metric.WALL, 1 / 1.1)
                        .batch(2),
                Work.of("yield on one loop", Yield.OnLoop::new)
                        .beside("bare virtual threads, one thread", Yield.Bare::new)
                        .batch(2),
                Work.of("start and join a task", StartJoin.OnLoop::new)
                        .beside("JDK virtual threads", StartJoin.JdkThreads::new)
                        .goal(Metric.WALL, 1 / 0.7)
                        .beside("JDK executor of virtual threads", StartJoin.JdkExecutor::new)
                        .beside("bare virtual threads, one thread", StartJoin.Bare::new)
                        .beside("Kotlin async", StartJoin.KotlinAsync::new)
                        .batch(StartJoin.BATCH),
                Work.of(many + " parked tasks", ParkedTasks.OnLoop::new)
                        .budget(Metric.HEAP, 600)
                        .budget(Metric.START_AND_END, 2.0 * many / MILLION)
                        .beside("JDK virtual threads", ParkedTasks.JdkThreads::new)
                        .operations(many),
                Work.of("100000 sleeping tasks", Sleepers.OnLoop::new)
                        .beside("JDK virtual threads", Sleepers.JdkThreads::new)
                        .operations(100_000),
                Work.of("timer start and cancel", TimerCancel.OnLoop::new)
                        .beside("JDK ScheduledThreadPoolExecutor", TimerCancel.JdkScheduledPool::new),
                Work.of("start a sleeping task and cancel it", SleepCancel.OnLoop::new)
                        .beside("JDK virtual threads, interrupted", SleepCancel.JdkThreads::new)
                        .batch(SleepCancel.BATCH),
                Work.of("promise across two threads", PromiseAcross.OnTwoLoops::new)
                        .beside("CompletableFuture, platform threads", PromiseAcross.JdkPlatformThreads::new)
                        .beside("CompletableFuture, virtual threads", PromiseAcross.JdkVirtualThreads::new)
                        .batch(2),
                Work.of("offload and back", OffloadCall.OnLoop::new)
                        .beside("pool and Future.get, virtual thread", OffloadCall.JdkPool::new),
                Work.of("deadline around nothing", DeadlineAround.OnLoop::new)
                        .beside("CompletableFuture.orTimeout", DeadlineAround.JdkTimeout::new),
                Work.of("wake a sleeping loop", WakeUp.OfLoop::new).beside("LinkedBlockingQueue", WakeUp.OfQueue::new));
    }
}

package dev.sluice.internal.poll;

import dev.sluice.internal.linux.LinuxSupport;
import dev.sluice.internal.linux.Seccomp;

/// Run in a JVM of its own: what is picked where io_uring and the newer calls are filtered away, and whether it
/// sleeps.
final class InAContainer {
    private InAContainer() {}

    public static void main(String[] arguments) {
        Seccomp.deny(Seccomp.IO_URING_SETUP, Seccomp.EPOLL_PWAIT2, Seccomp.PIDFD_OPEN);
        Pollers.Opened opened = Pollers.open(PollerChoice.AUTO, PollerConfig.defaults());
        System.out.println("picked " + opened.poller().name());
        opened.refusals().forEach(System.out::println);
        System.out.println(LinuxSupport.pidFdRefused());
        Poller poller = opened.poller();
        poller.open();
        long before = System.nanoTime();
        poller.poll(3_300_000);
        System.out.println("slept " + (System.nanoTime() - before >= 3_300_000 ? "long enough" : "too short"));
        poller.wakeup();
        poller.poll(Long.MAX_VALUE);
        System.out.println("woke");
        poller.close();
    }
}

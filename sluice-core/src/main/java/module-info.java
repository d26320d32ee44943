/// Event loops that schedule virtual threads, structured tasks, channels and I/O.
///
/// Nothing here has a dependency at run time. The unexported packages are Sluice's own; some of them are open
/// to `sluice-testing`, which brings its own poller, clock and order.
@SuppressWarnings("module") // dev.sluice.testing is compiled after this module
module dev.sluice {
    requires static org.jspecify; // annotations only
    requires jdk.unsupported; // sun.misc.Signal, for SIGINT, SIGTERM and SIGHUP

    exports dev.sluice;
    exports dev.sluice.callback;
    exports dev.sluice.cancel;
    exports dev.sluice.channel;
    exports dev.sluice.codec;
    exports dev.sluice.flow;
    exports dev.sluice.io;
    exports dev.sluice.layer;
    exports dev.sluice.loop;
    exports dev.sluice.net;
    exports dev.sluice.observe;
    exports dev.sluice.sync;
    exports dev.sluice.process;
    exports dev.sluice.pool;
    exports dev.sluice.ranks;
    exports dev.sluice.session;
    exports dev.sluice.space;
    exports dev.sluice.space.sync;
    exports dev.sluice.task;
    exports dev.sluice.time;
    exports dev.sluice.tls;
    exports dev.sluice.websocket;
    exports dev.sluice.internal.access to
            dev.sluice.testing;
    exports dev.sluice.internal.loop to
            dev.sluice.testing;
    exports dev.sluice.internal.poll to
            dev.sluice.testing;
    exports dev.sluice.internal.sched to
            dev.sluice.testing;
    exports dev.sluice.internal.strand to
            dev.sluice.testing;

    uses dev.sluice.space.SpaceProvider;

    provides dev.sluice.space.SpaceProvider with
            dev.sluice.internal.local.LocalProvider,
            dev.sluice.internal.shm.ShmProvider;
}

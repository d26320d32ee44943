package dev.sluice.loop;

import dev.sluice.internal.linux.LinuxSupport;

/// Initialises Sluice's classes before the first coroutine runs.
///
/// A coroutine that parks inside a static initialiser takes its whole loop along, and one that meets a class
/// that another thread is initialising blocks it. A test checks that no class with an initialiser is missing
/// here.
final class Preload {
    private static final String[] CLASSES = {
        "dev.sluice.SignalHandling",
        "dev.sluice.channel.Broadcast$Lag",
        "dev.sluice.channel.Ends",
        "dev.sluice.channel.Locked",
        "dev.sluice.channel.Offer",
        "dev.sluice.channel.Store$Priority",
        "dev.sluice.channel.Ticker",
        "dev.sluice.codec.CodecException$Problem",
        "dev.sluice.codec.CodecLimits",
        "dev.sluice.flow.GeneratorStrand",
        "dev.sluice.flow.GeneratorStrand$State",
        "dev.sluice.flow.ReceiverInlet",
        "dev.sluice.internal.access.Clauses",
        "dev.sluice.internal.access.Engines",
        "dev.sluice.internal.io.SuspendedOperation",
        "dev.sluice.internal.io.Turn",
        "dev.sluice.internal.local.Claim$State",
        "dev.sluice.internal.local.LocalArray",
        "dev.sluice.internal.local.LocalProvider",
        "dev.sluice.internal.local.Monitor",
        "dev.sluice.internal.local.NamespaceState",
        "dev.sluice.internal.local.PipeState",
        "dev.sluice.internal.local.QueueState",
        "dev.sluice.internal.local.TopicState",
        "dev.sluice.internal.loop.IdleSpin",
        "dev.sluice.internal.loop.Inbox",
        "dev.sluice.internal.loop.Inbox$Pushed",
        "dev.sluice.internal.loop.Progress",
        "dev.sluice.internal.loop.SharedLoop",
        "dev.sluice.internal.loop.Simulator",
        "dev.sluice.internal.poll.IoUringPoller$Setup",
        "dev.sluice.internal.poll.Operation$Kind",
        "dev.sluice.internal.poll.PollerChoice",
        "dev.sluice.internal.poll.PollerConfig",
        "dev.sluice.internal.poll.UringSlots$State",
        "dev.sluice.internal.sched.VirtualThreads",
        "dev.sluice.internal.shm.FileHeader$Kind",
        "dev.sluice.internal.shm.Leases",
        "dev.sluice.internal.shm.Returns",
        "dev.sluice.internal.shm.SharedDirectory",
        "dev.sluice.internal.shm.SharedFileException$Problem",
        "dev.sluice.internal.shm.SharedPipe",
        "dev.sluice.internal.shm.SharedQueue",
        "dev.sluice.internal.shm.SharedQueue$Put",
        "dev.sluice.internal.shm.ShmArray",
        "dev.sluice.internal.shm.ShmLease",
        "dev.sluice.internal.shm.ShmProvider",
        "dev.sluice.internal.shm.ShmSemaphore",
        "dev.sluice.internal.shm.Steps",
        "dev.sluice.internal.shm.WaitPoint",
        "dev.sluice.internal.shm.WaitSpin",
        "dev.sluice.internal.strand.Completion",
        "dev.sluice.internal.strand.ForeignStrand",
        "dev.sluice.internal.strand.Scope",
        "dev.sluice.internal.strand.Strand",
        "dev.sluice.internal.strand.StrandThread",
        "dev.sluice.internal.strand.UserFrame",
        "dev.sluice.internal.strand.WaitList",
        "dev.sluice.io.DescriptorStream",
        "dev.sluice.io.Handle$Way",
        "dev.sluice.io.Pump",
        "dev.sluice.io.StandardStreams",
        "dev.sluice.io.StandardStreams$Blocking",
        "dev.sluice.layer.LayerException$Problem",
        "dev.sluice.layer.Outflow",
        "dev.sluice.layer.Outflow$State",
        "dev.sluice.layer.Remainder",
        "dev.sluice.loop.Backend",
        "dev.sluice.loop.Loops",
        "dev.sluice.loop.LoopsConfig",
        "dev.sluice.net.Listener$Limits",
        "dev.sluice.net.MemoryPipe",
        "dev.sluice.net.Names",
        "dev.sluice.net.Peers",
        "dev.sluice.net.Race",
        "dev.sluice.net.Server",
        "dev.sluice.net.SocketListener",
        "dev.sluice.net.Tcp$KeepAlive",
        "dev.sluice.net.Tcp$Options",
        "dev.sluice.net.Udp$Options",
        "dev.sluice.observe.Report$Cause",
        "dev.sluice.observe.Reports",
        "dev.sluice.pool.FunctionName$Kind",
        "dev.sluice.pool.ProcessCall$State",
        "dev.sluice.pool.ProcessWorker",
        "dev.sluice.process.Command",
        "dev.sluice.process.Environment",
        "dev.sluice.process.Groups",
        "dev.sluice.process.Guardian",
        "dev.sluice.process.Guardian$State",
        "dev.sluice.process.Input",
        "dev.sluice.process.Input$Kind",
        "dev.sluice.process.KernelProcess$State",
        "dev.sluice.process.Kin",
        "dev.sluice.process.Launch",
        "dev.sluice.process.Launcher",
        "dev.sluice.process.Output",
        "dev.sluice.process.Output$Kind",
        "dev.sluice.session.CallFailedException$Problem",
        "dev.sluice.session.Heartbeat",
        "dev.sluice.session.Mux",
        "dev.sluice.session.MuxConfig",
        "dev.sluice.session.MuxException$Problem",
        "dev.sluice.session.Service",
        "dev.sluice.session.Session",
        "dev.sluice.session.SessionConfig",
        "dev.sluice.session.SessionException$Problem",
        "dev.sluice.space.Codecs",
        "dev.sluice.space.Space$Distance",
        "dev.sluice.space.Space$Kind",
        "dev.sluice.space.SpaceException$Problem",
        "dev.sluice.task.JoinPolicies$FailFast",
        "dev.sluice.task.JoinPolicies$FirstSuccess",
        "dev.sluice.task.TaskGroup",
        "dev.sluice.task.TaskStrand",
        "dev.sluice.time.SystemClock",
        "dev.sluice.tls.OldKeys",
        "dev.sluice.tls.Outgoing",
        "dev.sluice.tls.Outgoing$Next",
        "dev.sluice.tls.Packets",
        "dev.sluice.tls.Pem",
        "dev.sluice.tls.TlsContext",
        "dev.sluice.tls.TlsContext$PeerCheck",
        "dev.sluice.tls.TlsException$Problem",
        "dev.sluice.tls.TlsIdentity",
        "dev.sluice.tls.TlsStream",
        "dev.sluice.websocket.FrameInput$Event$Nothing",
        "dev.sluice.websocket.Masks",
        "dev.sluice.websocket.WebSocket",
        "dev.sluice.websocket.WebSocketConfig",
    };

    /// Those that only load where system calls work.
    private static final String[] LINUX = {
        "dev.sluice.internal.linux.Epoll",
        "dev.sluice.internal.linux.Errno",
        "dev.sluice.internal.linux.Fcntl",
        "dev.sluice.internal.linux.LinuxSupport$Calls",
        "dev.sluice.internal.linux.LinuxSupport$PidFdProbe",
        "dev.sluice.internal.linux.Memory",
        "dev.sluice.internal.linux.Native",
        "dev.sluice.internal.linux.Platform",
        "dev.sluice.internal.linux.SharedMapping",
        "dev.sluice.internal.linux.Signals",
        "dev.sluice.internal.linux.Spawn",
        "dev.sluice.internal.linux.SystemCall",
        "dev.sluice.internal.poll.WakeFd",
        "dev.sluice.internal.shm.WaitThread",
    };

    private Preload() {}

    static void classes() {
        initialize(CLASSES);
        if (LinuxSupport.callsRefused() == null) {
            initialize(LINUX);
        }
    }

    private static void initialize(String[] names) {
        ClassLoader loader = Preload.class.getClassLoader();
        for (String name : names) {
            try {
                Class.forName(name, true, loader);
            } catch (ReflectiveOperationException missing) {
                throw new IllegalStateException("preload class " + name + ": " + missing, missing);
            }
        }
    }
}

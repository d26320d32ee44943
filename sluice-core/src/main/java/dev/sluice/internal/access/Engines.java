package dev.sluice.internal.access;

import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.loop.LoopSeams;
import dev.sluice.internal.strand.Offloader;
import dev.sluice.internal.strand.RootStrand;
import dev.sluice.internal.strand.Secrets;
import dev.sluice.loop.Loop;
import dev.sluice.loop.Loops;
import dev.sluice.loop.LoopsConfig;
import java.lang.invoke.MethodHandles;
import java.util.Objects;

/// What is behind loops and groups of them.
///
/// Threads: any.
public final class Engines {
    private static final Secrets.OfLoops LOOPS;

    static {
        try {
            MethodHandles.lookup().ensureInitialized(Loops.class);
        } catch (IllegalAccessException e) {
            throw new ExceptionInInitializerError(e);
        }
        LOOPS = Secrets.loops();
    }

    private Engines() {}

    /// The engine behind a loop.
    public static EventLoop of(Loop loop) {
        return LOOPS.engine(loop);
    }

    /// The public face of an engine.
    public static Loop face(EventLoop engine) {
        return (Loop) Objects.requireNonNull(engine.face, "a loop without a group");
    }

    /// The scope above everything that runs on these loops.
    public static RootStrand root(Loops loops) {
        return LOOPS.root(loops);
    }

    /// Where the group of an engine has its blocking work done.
    public static Offloader offloader(EventLoop engine) {
        return LOOPS.offloader(face(engine).loops());
    }

    /// Opens a group of one loop on seams of the caller's: the simulation does.
    public static Loops open(LoopsConfig config, LoopSeams seams) {
        return (Loops) LOOPS.open(config, seams);
    }
}

package dev.sluice.internal.strand;

import dev.sluice.observe.WaitGraph.Wait;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The one way to say in words who waits for what.
///
/// Threads: any.
public final class Waits {
    /// How many holders are named.
    private static final int NAMED = 16;

    private Waits() {}

    /// A wait in Sluice.
    ///
    /// @param blocker what [Strand#begin] was told
    /// @param holders who has it, as far as it is known
    /// @param stack that of the strand, empty if it is not to be looked at
    static Wait of(Strand strand, Object blocker, List<Strand> holders, StackTraceElement[] stack) {
        List<String> names =
                holders.stream().limit(NAMED).map(Strand::path).sorted().toList();
        String what = blocker instanceof Awaited awaited ? awaited.subject() : print(blocker);
        return new Wait(strand.path(), what, names, where(stack));
    }

    /// A wait in Sluice, with the holders that the blocker itself knows.
    public static Wait of(Strand strand, Object blocker, StackTraceElement[] stack) {
        return of(strand, blocker, blocker instanceof WaitList list ? list.holders() : List.of(), stack);
    }

    /// A wait in the JDK.
    ///
    /// @param path who it is
    /// @param stack its stack, empty if it is not to be looked at
    public static Wait inJdk(String path, @Nullable Thread thread, StackTraceElement[] stack) {
        Thread.State state = thread == null ? Thread.State.WAITING : thread.getState();
        String what = switch (state) {
            case BLOCKED -> "a monitor that another thread holds";
            case WAITING, TIMED_WAITING -> parked(thread);
            default -> "its turn";
        };
        return new Wait(path, what, List.of(), where(stack));
    }

    /// What a thread that is parked in the JDK waits for.
    public static String parked(@Nullable Thread thread) {
        Object blocker = thread == null ? null : LockSupport.getBlocker(thread);
        return blocker == null ? "park" : "park on " + blocker.getClass().getSimpleName();
    }

    private static String where(StackTraceElement[] stack) {
        StackTraceElement frame = UserFrame.of(stack);
        return frame == null ? "" : frame.toString();
    }

    /// An object as text that is the same in each run: without the identity that `Object.toString` prints.
    public static String print(Object object) {
        try {
            String text = String.valueOf(object);
            String identity = "@" + Integer.toHexString(System.identityHashCode(object));
            return text.endsWith(identity) ? object.getClass().getSimpleName() : text;
        } catch (RuntimeException failed) {
            return object.getClass().getSimpleName(); // whoever waits must not be lost because it cannot be printed
        }
    }
}

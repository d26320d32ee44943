package dev.sluice.internal.io;

import dev.sluice.internal.strand.Strand;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// Keeps the users of one direction apart.
///
/// Threads: any; `user` is the strand that is inside.
public final class Turn {
    private static final VarHandle USER;

    static {
        try {
            USER = MethodHandles.lookup().findVarHandle(Turn.class, "user", Strand.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private @Nullable Strand user; // through USER only

    /// What one is thrown who comes while another one is inside: a constructor, since the exceptions of streams
    /// are further up.
    @FunctionalInterface
    public interface Refusal {
        RuntimeException of(String operation, String stream, String holder);
    }

    /// Begins a use by who runs, unless it is cancelled or somebody is inside; [#leave] ends it.
    ///
    /// @param stream what is used, as its text names it
    public Strand enter(String operation, Object stream, Refusal refusal) {
        Strand self = Strand.current();
        self.checkpoint();
        Strand before = enter(self);
        if (before != null) {
            throw refusal.of(operation, stream.toString(), before.path());
        }
        return self;
    }

    /// Begins a use; [#leave] ends it.
    ///
    /// @return null, or who is inside already
    public @Nullable Strand enter(Strand self) {
        // Acquires what the user before left behind; pairs with the release in leave.
        return (Strand) USER.compareAndExchangeAcquire(this, (Strand) null, self);
    }

    public void leave() {
        USER.setRelease(this, (Strand) null); // pairs with the compare-and-exchange in enter
    }
}

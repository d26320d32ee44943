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

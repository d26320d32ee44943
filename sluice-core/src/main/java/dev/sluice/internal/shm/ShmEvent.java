package dev.sluice.internal.shm;

import dev.sluice.channel.Clause;
import dev.sluice.internal.access.Clauses;
import dev.sluice.internal.strand.Selectable;
import dev.sluice.internal.strand.Strand;
import dev.sluice.space.sync.SharedEvent;
import java.io.IOException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// An event between processes.
///
///     word: 63 … 1 how often it was set | 0 whether it is
///
/// Who waits goes on when it is set, or has been set again since.
///
/// Threads: any.
final class ShmEvent extends SharedWords implements SharedEvent {
    private static final long SET = 1;
    private static final long ONE_MORE = 2;

    private ShmEvent(String name, SharedFile file) {
        super(name, file);
    }

    static ShmEvent open(SharedDirectory directory, String name) throws IOException {
        return open(
                new Place(directory, name),
                FileHeader.Kind.EVENT,
                new FileHeader.Limits(0, 0, 0, 0),
                layout(0),
                file -> new ShmEvent(name, file));
    }

    @Override
    public boolean set() {
        return mapped(() -> {
            for (long now = word(); !isSet(now); now = word()) {
                if (replace(now, now + ONE_MORE | SET)) {
                    Steps.at("event.set");
                    ring();
                    return true;
                }
            }
            return false;
        });
    }

    @Override
    public boolean clear() {
        return mapped(() -> {
            for (long now = word(); isSet(now); now = word()) {
                if (replace(now, now & ~SET)) {
                    return true;
                }
            }
            return false;
        });
    }

    private static boolean isSet(long word) {
        return (word & SET) != 0;
    }

    @Override
    public boolean isSet() {
        return isSet(mapped(this::word));
    }

    @Override
    public void await() {
        long before = mapped(this::word) & ~SET;
        await(() -> hasHappened(before));
    }

    /// @param before how often it had been set when the wait began
    private boolean hasHappened(long before) {
        long now = word();
        return isSet(now) || (now & ~SET) != before;
    }

    @Override
    public <R> Clause<R> onSet(Supplier<? extends R> then) {
        return Clauses.taking(this, new Taking(), _ -> then.get());
    }

    /// A wait as a clause of a select.
    ///
    /// Threads: the strand of the select.
    private final class Taking implements Selectable<ShmEvent> {
        private long before;
        private @Nullable WaitPoint point;
        private @Nullable Selectable<ShmEvent> wait;

        @Override
        public void begin() {
            before = mapped(ShmEvent.this::word) & ~SET;
        }

        @Override
        public @Nullable ShmEvent tryTake() {
            return mapped(() -> hasHappened(before)) ? ShmEvent.this : null;
        }

        @Override
        public void register(Strand strand, long token) {
            WaitPoint here = newPoint(() -> hasHappened(before));
            point = here;
            wait = here.taking(() -> null);
            wait.register(strand, token);
        }

        @Override
        public @Nullable ShmEvent withdraw() {
            Selectable<ShmEvent> over = wait;
            WaitPoint here = point;
            if (over != null && here != null) {
                wait = null;
                point = null;
                over.withdraw();
                forget(here);
            }
            return null;
        }
    }
}

package dev.sluice.channel;

import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.loop.SharedLoop;
import dev.sluice.internal.strand.Awaited;
import dev.sluice.internal.strand.Completion;
import dev.sluice.internal.strand.Secrets;
import dev.sluice.internal.strand.Selectable;
import dev.sluice.internal.strand.Strand;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One wait over several ends of channels, timers and tasks: exactly one of the clauses happens, and its action
/// runs.
///
/// ```java
/// var select = Select.of(orders.onReceive(this::handle), ticks.onReceive(this::flush));
/// while (open) select.await();
/// ```
///
/// When several are possible, each is chosen as often as any other, unless the select is [#biased]. The same
/// channel may appear more than once, a clause may not, here or in another select. A cancelled select has done
/// nothing: no value is taken, none is sent.
///
/// A select is made once and awaited often. As Go's `selectgo` it takes the locks of its channels in one order,
/// looks at all, and registers at all before it lets go, so that no two selects can miss each other. One that
/// receives from [StandingSelect#LEAST] channels or more keeps its places there from the second wait on: such a
/// wait costs what has happened at them, not their number.
///
/// Threads: one at a time.
public final class Select<R> {
    static {
        Secrets.give(new Answers());
    }

    private static final int SHOWN = 16; // clauses, in messages
    private static final int PATIENCE = 8; // rounds that came to nothing, before others get the thread

    private final List<Clause<? extends R>> clauses;
    private final ChannelClause<? extends R>[] onChannels;
    private final EventClause<? extends R>[] onEvents;
    private final TakingClause<?, ? extends R>[] taking;
    private final Locked[] locks; // each once, in the order of their numbers
    private final Locked[] confined; // those of them that only one loop may use
    private final Clause<? extends R>[] order; // in which a round looks under the locks; the strand that uses it
    private final Clause<? extends R>[] inTurn; // the same without, if there are clauses that are tried; else empty
    final Awaited oneOf = new OneOfClauses();
    private final boolean mayStand;
    private boolean biased;

    // The strand that uses it.
    private boolean busy;
    private boolean used;

    @Nullable StandingSelect<R> standing;

    @SuppressWarnings({"unchecked", "rawtypes"}) // arrays of generics, filled right here
    private Select(List<Clause<? extends R>> clauses) {
        if (clauses.isEmpty()) {
            throw new IllegalArgumentException("select: no clauses, expected at least one");
        }
        this.clauses = List.copyOf(clauses);
        List<ChannelClause<? extends R>> channels = new ArrayList<>();
        List<EventClause<? extends R>> events = new ArrayList<>();
        List<TakingClause<?, ? extends R>> tried = new ArrayList<>();
        List<Clause<? extends R>> alone = new ArrayList<>();
        for (Clause<? extends R> clause : clauses) {
            switch (clause) {
                case ChannelClause<? extends R> channel -> channels.add(channel);
                case EventClause<? extends R> event -> events.add(event);
                case TakingClause<?, ? extends R> taken -> tried.add(taken);
            }
            if (!(clause instanceof EventClause)) {
                alone.add(clause);
            }
        }
        this.mayStand = tried.isEmpty() && StandingSelect.isFor(channels);
        this.taking = tried.toArray(new TakingClause[0]);
        this.inTurn = tried.isEmpty()
                ? new Clause[0]
                : Stream.concat(alone.stream(), events.stream()).toArray(Clause[]::new);
        this.onChannels = channels.toArray(new ChannelClause[0]);
        this.onEvents = events.toArray(new EventClause[0]);
        this.order = Stream.concat(channels.stream(), events.stream()).toArray(Clause[]::new);
        this.locks = channels.stream()
                .map(clause -> clause.locked)
                .distinct()
                .sorted(Comparator.comparingLong(channel -> channel.number))
                .toArray(Locked[]::new);
        this.confined = Arrays.stream(locks).filter(Locked::isConfined).toArray(Locked[]::new);
        joinAll(inTurn.length > 0 ? inTurn : order);
    }

    private void joinAll(Clause<? extends R>[] all) {
        for (int i = 0; i < all.length; i++) {
            Select<?> other = all[i].joins(this);
            if (other != null) {
                for (int joined = 0; joined < i; joined++) {
                    all[joined].leaves(this);
                }
                if (other == this) {
                    throw new IllegalArgumentException(
                            "select: clause=" + all[i] + " appears twice, expected one clause for each action");
                }
                throw new ClauseInUseException(all[i], other);
            }
            all[i].number = i;
        }
    }

    /// A clause was given to a second select.
    public static final class ClauseInUseException extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        ClauseInUseException(Clause<?> clause, Select<?> other) {
            super("select: clause=" + clause + " is in " + other + ", expected one that is in no other select");
        }
    }

    /// A select over these clauses.
    @SafeVarargs
    @SuppressWarnings("varargs") // only read
    public static <R> Select<R> of(Clause<? extends R>... clauses) {
        return new Select<>(Arrays.asList(clauses));
    }

    /// A select over a list of clauses.
    public static <R> Select<R> of(List<? extends Clause<? extends R>> clauses) {
        return new Select<>(List.copyOf(clauses));
    }

    /// Prefers, from now on, the clauses in the order in which they were given; those for time and tasks come
    /// last. Call it before the first wait.
    public Select<R> biased() {
        biased = true;
        return this;
    }

    /// Waits for one of the clauses and runs its action.
    ///
    /// @return what the action returned
    /// @throws ChannelClosedException if the clause chosen is for a channel that has ended
    /// @throws ChannelFailedException if it ended by a failure
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled; nothing has happened then
    public R await() {
        Strand strand = Strand.current();
        begin();
        Clause<? extends R> chosen;
        try {
            strand.checkpoint();
            StandingSelect<R> stands = standing(strand);
            chosen = stands != null ? stands.await() : choose(strand);
        } finally {
            busy = false;
        }
        return chosen.chosen();
    }

    /// Runs the action of a clause that is possible at once, or else `otherwise`.
    public R poll(Supplier<? extends R> otherwise) {
        Strand strand = Strand.current();
        begin();
        Clause<? extends R> chosen;
        try {
            strand.checkpoint();
            StandingSelect<R> stands = standing(strand);
            chosen = stands != null ? stands.poll() : tryOnce(strand);
        } finally {
            busy = false;
        }
        return chosen != null ? chosen.chosen() : otherwise.get();
    }

    /// What keeps the places of this strand, if this is a select of many channels that is used again.
    private @Nullable StandingSelect<R> standing(Strand strand) {
        StandingSelect<R> kept = standing;
        if (used && mayStand && (kept == null || kept.strand != strand)) {
            if (kept != null) {
                kept.leave();
            }
            kept = new StandingSelect<>(this, strand, order, biased);
            standing = kept;
        }
        used = true;
        return kept;
    }

    private void prepare(Strand strand) {
        for (ChannelClause<? extends R> clause : onChannels) {
            clause.usedBy(strand);
            clause.prepare();
        }
        for (TakingClause<?, ? extends R> clause : taking) {
            clause.begin();
        }
    }

    private @Nullable Clause<? extends R> tryOnce(Strand strand) {
        prepare(strand);
        return inTurn.length > 0 ? tryInTurn(strand) : tryTogether(strand);
    }

    private @Nullable Clause<? extends R> tryTogether(Strand strand) {
        long draws = draws(strand);
        Clause<? extends R> possible;
        lockAll();
        try {
            possible = tryAll(draws);
        } finally {
            unlockAll();
        }
        if (possible != null) {
            possible.done();
        }
        return possible;
    }

    private void begin() {
        if (busy) {
            throw new IllegalStateException("await " + this + ": it is being awaited, expected one caller at a time");
        }
        for (Locked confined : confined) {
            confined.checkHome();
        }
        busy = true;
    }

    private Clause<? extends R> choose(Strand strand) {
        prepare(strand);
        Clause<? extends R> chosen = null;
        for (int round = 0; chosen == null; round++) {
            if (round > PATIENCE) {
                Thread.yield();
            }
            chosen = inTurn.length > 0 ? tryInTurn(strand) : null;
            if (chosen == null) {
                chosen = waitForOne(strand, round > 0);
            }
        }
        return chosen;
    }

    /// Does the first thing that is possible, each by itself, in an order drawn by lot or in the given one.
    private @Nullable Clause<? extends R> tryInTurn(Strand strand) {
        long bits = draws(strand);
        for (int i = 0; i < inTurn.length; i++) {
            if (!biased) {
                int drawn = i + drawn(bits, inTurn.length - i);
                bits = nextDraw(bits);
                Clause<? extends R> clause = inTurn[drawn];
                inTurn[drawn] = inTurn[i];
                inTurn[i] = clause;
            }
            if (inTurn[i].tryAlone()) {
                inTurn[i].done();
                return inTurn[i];
            }
        }
        return happened();
    }

    /// @param again whether this goes on with a wait that came to nothing
    /// @return null if there was something to take, and somebody else was quicker
    private @Nullable Clause<? extends R> waitForOne(Strand strand, boolean again) {
        long draws = draws(strand);
        long token = strand.begin(oneOf);
        Clause<? extends R> possible;
        lockAll();
        try {
            possible = tryAll(draws);
            if (possible == null) {
                for (ChannelClause<? extends R> clause : onChannels) {
                    clause.waitLocked(strand, token);
                }
            }
        } finally {
            unlockAll();
        }
        if (possible != null) {
            strand.abandon(token);
            possible.done(); // foreign code, which may wait itself
            return possible;
        }
        // Nothing in here may throw: a counterpart may end the wait from now on.
        for (EventClause<? extends R> clause : onEvents) {
            clause.register(strand, token, again);
        }
        for (TakingClause<?, ? extends R> clause : taking) {
            clause.register(strand, token);
        }
        boolean resumed = strand.await(token);
        return afterWait(strand, resumed);
    }

    /// Takes everything back; says which clause ended the wait.
    private @Nullable Clause<? extends R> afterWait(Strand strand, boolean resumed) {
        Clause<? extends R> won = null;
        for (ChannelClause<? extends R> clause : onChannels) {
            if (clause.withdraw()) {
                assert won == null : "two clauses were claimed";
                won = clause;
            }
        }
        for (TakingClause<?, ? extends R> clause : taking) {
            if (clause.withdraw()) {
                assert won == null : "two clauses were claimed";
                won = clause;
            }
        }
        if (won == null && resumed) {
            won = happened();
        }
        for (EventClause<? extends R> clause : onEvents) {
            clause.unregister(strand);
        }
        if (!resumed) {
            assert won == null;
            throw strand.cancelledException();
        }
        if (won == null && taking.length == 0) {
            throw new IllegalStateException("select resumed by none of its clauses");
        }
        return won;
    }

    private void lockAll() {
        for (int i = 0; i < locks.length; i++) {
            if (i == 0) {
                locks[i].lock();
            } else {
                locks[i].lockNested();
            }
        }
    }

    private void unlockAll() {
        Strand wake = null;
        for (Locked channel : locks) {
            Strand claimed = channel.unlock();
            if (claimed != null) {
                assert wake == null : "one clause wakes one strand";
                wake = claimed;
            }
        }
        if (wake != null) {
            wake.wake();
        }
        for (Locked channel : locks) {
            channel.settle();
        }
    }

    /// Does the first thing that is possible, in an order that `draws` shuffles while it looks, or in the given
    /// one; or else finds what is possible only when nothing else is. The caller holds the locks.
    private @Nullable Clause<? extends R> tryAll(long draws) {
        long bits = draws;
        for (int i = 0; i < order.length; i++) {
            if (!biased) {
                int left = order.length - i;
                int drawn = i + drawn(bits, left);
                bits = nextDraw(bits);
                Clause<? extends R> clause = order[drawn];
                order[drawn] = order[i];
                order[i] = clause;
            }
            if (order[i].tryLocked()) {
                return order[i];
            }
        }
        return happened();
    }

    /// One of `0 … bound - 1`.
    static int drawn(long bits, int bound) {
        return (int) (((bits >>> 32) * bound) >>> 32);
    }

    /// Knuth's generator, whose high half is fair.
    static long nextDraw(long bits) {
        return bits * 0x5851_F42D_4C95_7F2DL + 0x1405_7B7E_F767_814FL;
    }

    /// Randomness for one round; drawn before the locks, because it may have to start a loop.
    long draws(Strand strand) {
        if (biased || clauses.size() == 1) {
            return 0;
        }
        EventLoop loop = strand.loop();
        return (loop != null ? loop : SharedLoop.get()).random().nextLong();
    }

    private @Nullable EventClause<? extends R> happened() {
        for (EventClause<? extends R> clause : onEvents) {
            if (clause.happened()) {
                return clause;
            }
        }
        return null;
    }

    private static final class Answers implements Secrets.OfClauses {
        @Override
        public Object completed(Completion<?> completion, Object what, Supplier<?> then) {
            return new EventClause.Completed<>(completion, what, then);
        }

        @Override
        public <T> Object taking(Object what, Selectable<T> source, Function<? super T, ?> then) {
            return new TakingClause<>(what, source, then);
        }
    }

    /// What a strand that waits is shown to wait for.
    private final class OneOfClauses implements Awaited {
        @Override
        public Needs needs(Strand waiter) {
            return new OneOf(clauses.stream().map(Clause::awaited).toList());
        }

        @Override
        public String subject() {
            return Select.this.toString();
        }

        @Override
        public String toString() {
            return subject();
        }
    }

    @Override
    public String toString() {
        int more = clauses.size() - SHOWN;
        return clauses.stream()
                .limit(SHOWN)
                .map(String::valueOf)
                .collect(Collectors.joining(", ", "select of ", more > 0 ? " and " + more + " more" : ""));
    }
}

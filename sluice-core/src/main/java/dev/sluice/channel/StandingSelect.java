package dev.sluice.channel;

import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.loop.SharedLoop;
import dev.sluice.internal.strand.Standing;
import dev.sluice.internal.strand.Strand;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// How a select over many channels waits when it is used again: its receiving clauses keep their places in the
/// queues, so only those at which something has happened are looked at.
///
///     at hand ──tried, and not possible──▶ standing ──a sender comes, or the end──▶ hinted ──▶ at hand
///        ▲                                                                            │ while the select waits:
///        └──────────────────────────────────────────────────────── chosen ◀───────────┘ claimed with the value
///
/// Invariants: a clause that is possible is at hand or hinted; for what makes it possible takes its place out
/// of the queue first. So a clause that has been chosen stays at hand until it is found not possible. Clauses that
/// send, and those of a timed channel, are at hand whenever nobody waits: their values are new each time.
///
/// All locks are taken one at a time. Two selects that would each serve the other take turns in
/// taking out the other's place, and whoever waits first is found by the other.
///
/// Threads: the one strand, but for what [Standing] says.
final class StandingSelect<R> {
    /// From how many receiving clauses on this pays.
    static final int LEAST = 16;

    private static final int PATIENCE = 8; // rounds that came to nothing, before others get the thread

    final Strand strand;
    private final Select<R> select;
    private final boolean biased;
    private final Clause<? extends R>[] clauses; // by their numbers
    private final Consumer<Standing.Place> hinted = this::hinted;
    private final Consumer<Standing.Place> afterWait = this::afterWait;
    private final EventClause<? extends R>[] onEvents;
    private final ChannelClause<? extends R>[] passing; // those that do not stand between waits
    private final Standing standing;
    private final Clause<? extends R>[] atHand; // the first `count`
    private int count;
    private boolean sorted = true; // those at hand, by their numbers
    private @Nullable Clause<? extends R> won; // while hints are drained after a wait
    private long enqueued; // how often a clause got a place in a queue

    /// @param order all clauses, those of channels before the others
    StandingSelect(Select<R> select, Strand strand, Clause<? extends R>[] order, boolean biased) {
        this.select = select;
        this.strand = strand;
        this.biased = biased;
        this.clauses = order.clone();
        Arrays.sort(clauses, Comparator.comparingInt(clause -> clause.number));
        this.atHand = clauses.clone();
        this.count = atHand.length;
        EventLoop home = strand.loop();
        EventLoop loop = home != null ? home : SharedLoop.get();
        loop.leftovers.clear(); // of another; the loop may never sleep
        this.standing = new Standing(strand, select, loop.leftovers, clauses.length);
        List<ChannelClause<? extends R>> notStanding = new ArrayList<>();
        List<EventClause<? extends R>> events = new ArrayList<>();
        for (Clause<? extends R> clause : clauses) {
            switch (clause) {
                case ChannelClause<? extends R> channel -> {
                    channel.usedBy(strand);
                    channel.place(standing.new Place(channel.number, channel.locked.weakly()));
                    if (!channel.stands()) {
                        notStanding.add(channel);
                    }
                }
                case EventClause<? extends R> event -> events.add(event);
                case TakingClause<?, ? extends R> tried -> throw new AssertionError("has no place: " + tried);
            }
        }
        this.passing = array(notStanding);
        this.onEvents = events(events);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // of what the list has
    private static <R> ChannelClause<? extends R>[] array(List<ChannelClause<? extends R>> clauses) {
        return clauses.toArray(new ChannelClause[0]);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // of what the list has
    private static <R> EventClause<? extends R>[] events(List<EventClause<? extends R>> clauses) {
        return clauses.toArray(new EventClause[0]);
    }

    /// Whether there are enough that stand, and no channel at whose both ends the select would meet itself.
    static boolean isFor(List<? extends ChannelClause<?>> clauses) {
        Set<Locked> sending = new HashSet<>();
        clauses.stream()
                .filter(clause -> clause instanceof ChannelClause.Send)
                .forEach(clause -> sending.add(clause.locked));
        return clauses.stream().filter(ChannelClause::stands).count() >= LEAST
                && clauses.stream()
                        .noneMatch(
                                clause -> clause instanceof ChannelClause.Receive && sending.contains(clause.locked));
    }

    /// How often a clause got a place in a queue.
    long enqueued() {
        return enqueued;
    }

    // ---- for the select

    /// Waits until one of the clauses has happened.
    Clause<? extends R> await() {
        prepare();
        try {
            for (int round = 0; ; round++) {
                Clause<? extends R> chosen = look();
                if (chosen == null) {
                    chosen = waitForOne(round > 0);
                }
                if (chosen != null) {
                    return chosen;
                }
                if (round >= PATIENCE) {
                    Thread.yield();
                }
            }
        } finally {
            withdraw();
        }
    }

    /// Does what is possible at once.
    @Nullable Clause<? extends R> poll() {
        prepare();
        try {
            return look();
        } finally {
            withdraw();
        }
    }

    /// Another strand uses the select from now on.
    void leave() {
        for (Clause<? extends R> clause : clauses) {
            if (clause instanceof ChannelClause<? extends R> channel) {
                channel.takeOut();
            }
        }
    }

    // ---- one round

    private void prepare() {
        for (ChannelClause<? extends R> clause : passing) {
            clause.prepare();
        }
    }

    /// Tries those at hand; what is not possible stands from now on.
    private @Nullable Clause<? extends R> look() {
        standing.drain(hinted);
        long bits = 0;
        if (!biased) {
            bits = select.draws(strand);
        } else if (!sorted) {
            Arrays.sort(atHand, 0, count, Comparator.comparingInt(clause -> clause.number));
            sorted = true;
        }
        int kept = 0;
        int tried = 0;
        Clause<? extends R> possible = null;
        while (tried < count && possible == null) {
            Clause<? extends R> clause = atHand[tried];
            if (!biased) {
                int drawn = tried + Select.drawn(bits, count - tried);
                bits = Select.nextDraw(bits);
                clause = atHand[drawn];
                atHand[drawn] = atHand[tried];
            }
            tried++;
            boolean stays = true;
            if (clause instanceof ChannelClause<? extends R> channel) {
                stays = channel.tryOrStand();
                enqueued += stays ? 0 : 1;
                possible = stays ? clause : null;
            } else if (clause.tryLocked()) {
                possible = clause;
            }
            if (stays) {
                atHand[kept++] = clause;
            }
        }
        System.arraycopy(atHand, tried, atHand, kept, count - tried);
        Arrays.fill(atHand, kept + count - tried, count, null);
        count = kept + count - tried;
        if (possible != null) {
            possible.done();
            return possible;
        }
        return happened();
    }

    /// @param again whether this goes on with a wait that came to nothing
    /// @return null if somebody has come and gone
    private @Nullable Clause<? extends R> waitForOne(boolean again) {
        long token = strand.begin(select.oneOf);
        standing.publish(token);
        // Nothing in here may throw: a counterpart may end the wait from now on.
        for (EventClause<? extends R> clause : onEvents) {
            clause.register(strand, token, again);
        }
        if (standing.hinted()) {
            strand.tryClaim(token); // unless somebody else has ended it
        }
        boolean resumed = strand.await(token);
        won = null;
        standing.drain(afterWait);
        Clause<? extends R> chosen = won;
        won = null;
        if (chosen == null && resumed) {
            chosen = happened();
        }
        for (EventClause<? extends R> clause : onEvents) {
            clause.unregister(strand);
        }
        if (!resumed) {
            assert chosen == null;
            throw strand.cancelledException();
        }
        return chosen;
    }

    private ChannelClause<? extends R> clauseAt(Standing.Place place) {
        return (ChannelClause<? extends R>) clauses[place.number];
    }

    private void atHand(Clause<? extends R> clause) {
        atHand[count++] = clause;
        sorted = false;
    }

    private void hinted(Standing.Place place) {
        atHand(clauseAt(place));
    }

    private void afterWait(Standing.Place place) {
        ChannelClause<? extends R> clause = clauseAt(place);
        atHand(clause);
        if (clause.withdraw()) {
            assert won == null : "two clauses were claimed";
            won = clause;
        }
    }

    /// Takes back what does not stand between waits.
    private void withdraw() {
        for (ChannelClause<? extends R> clause : passing) {
            if (clause.takeOut()) {
                atHand(clause);
            }
        }
    }

    private @Nullable Clause<? extends R> happened() {
        for (EventClause<? extends R> clause : onEvents) {
            if (clause.happened()) {
                return clause;
            }
        }
        return null;
    }
}

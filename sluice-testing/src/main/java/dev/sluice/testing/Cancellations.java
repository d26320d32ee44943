package dev.sluice.testing;

import dev.sluice.cancel.CancelReason;
import dev.sluice.internal.strand.Scope;
import dev.sluice.internal.strand.Strand;
import dev.sluice.task.CancelScope;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Cancels a piece of work at each of its suspensions, one after the other, and has its effects checked each
/// time.
///
/// ```java
/// Cancellations.atEverySuspension(
///         () -> new Account(100),                            // fresh for each run
///         account -> account.transfer(30, other),            // is cancelled
///         account -> assertThat(account.isConsistent()));    // whatever happened
/// ```
///
/// For `k` = 1, 2, 3, … until the work ends without having met its `k`-th suspension, the scope around it is
/// cancelled at three moments, in runs of their own:
///
/// - when the suspension is about to begin: what work meets that was cancelled while it ran;
/// - when it has begun: what the wait has published is taken back;
/// - when it has been resumed and has not run yet: what was handed over must not be lost.
///
/// Suspensions of tasks that the work starts count too.
///
/// Each run is a [Simulation] of its own, with the same seed for all `k`, so the runs are the same up to the
/// cancellation. What a simulation forbids, as to leave tasks or timers behind, is forbidden here.
public final class Cancellations {
    static final int SEEDS = 3;
    private static final int LIMIT = 100_000;

    /// When to cancel.
    private enum Moment {
        BEFORE("about to suspend"),
        DURING("suspended"),
        AFTER("about to go on");

        private final String text;

        Moment(String text) {
            this.text = text;
        }
    }

    /// Something to do with the state of one run.
    @FunctionalInterface
    public interface Part<S> {
        void accept(S state) throws Exception;
    }

    private Cancellations() {}

    /// Cancels `work` at each of its suspensions, with several seeds; see [Simulated] for how to choose them.
    ///
    /// @param fresh makes the state of a run, inside its simulation
    /// @param work is run in a scope that is cancelled
    /// @param check is run afterwards, outside of that scope; fails if something is wrong
    /// @return at how many suspensions it was cancelled, in all
    public static <S> int atEverySuspension(Supplier<? extends S> fresh, Part<? super S> work, Part<? super S> check)
            throws Exception {
        int cancelled = 0;
        for (long seed : Seeds.of(SEEDS).toArray()) {
            for (Moment moment : Moment.values()) {
                cancelled += each(seed, moment, at -> run(at, fresh, work, check));
            }
        }
        return cancelled;
    }

    private static <S> void run(At at, Supplier<? extends S> fresh, Part<? super S> work, Part<? super S> check)
            throws Exception {
        S state = fresh.get();
        CancelScope.<Exception>run(scope -> {
            at.arm(Strand.current().scope());
            work.accept(state);
        });
        at.disarm();
        check.accept(state);
    }

    private static int each(long seed, Moment moment, Part<At> run) throws Exception {
        for (int k = 1; k <= LIMIT; k++) {
            Simulation simulation = Simulation.seed(seed).repeatedBy("the same test with -D" + Seeds.ONE + "=" + seed);
            var at = new At(simulation.world(), moment, k);
            try {
                simulation.run(() -> run.accept(at));
            } catch (Throwable failure) {
                failure.addSuppressed(new Replay(at.describe()));
                throw failure;
            }
            if (at.where == null) {
                return k - 1;
            }
        }
        throw new IllegalStateException(
                "cancel at every suspension: more than " + LIMIT + " of them, expected work that ends");
    }

    /// The `k`-th suspension of a piece of work, to be cancelled there.
    ///
    /// Threads: the loop thread, coroutines mounted on it included; others when the simulation is over.
    private static final class At implements Injection {
        private final World world;
        private final Moment moment;
        private final int k;
        private int met;
        private @Nullable Scope scope;
        private @Nullable String where; // who was cancelled, in what

        At(World world, Moment moment, int k) {
            this.world = world;
            this.moment = moment;
            this.k = k;
        }

        void arm(Scope now) {
            scope = now;
            world.inject(this);
        }

        void disarm() {
            world.inject(null);
        }

        @Override
        public void suspending(Strand strand) {
            if (moment == Moment.BEFORE) {
                meet(strand);
            }
        }

        @Override
        public void stepped(Member member) {
            if (moment == Moment.DURING && !member.ended()) {
                meet(member.strand());
            }
        }

        @Override
        public void stepping(Member member) {
            if (moment == Moment.AFTER) {
                meet(member.strand());
            }
        }

        private void meet(@Nullable Strand strand) {
            Scope target = scope;
            if (strand == null || target == null || !isInside(strand, target) || ++met != k) {
                return;
            }
            where = strand.path() + " was " + moment.text + ", " + strand.doing();
            target.cancel(new CancelReason.Requested("Cancellations", "suspension " + k));
        }

        private static boolean isInside(Strand strand, Scope target) {
            for (Scope around = strand.scope(); around != null; around = around.parent()) {
                if (around == target) {
                    return true;
                }
            }
            return false;
        }

        String describe() {
            return where == null
                    ? "not cancelled: suspension " + k + " was not met"
                    : "cancelled at suspension " + k + ", when " + where;
        }
    }
}

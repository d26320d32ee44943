package dev.sluice.internal.strand;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cancel.CancelReason;
import dev.sluice.cancel.CancelledException;
import dev.sluice.internal.testkit.Duel;
import dev.sluice.internal.testkit.Leaks;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A strand changes its scope while others cancel what is around it. Whoever is first: in a cancelled scope the
/// thread is interrupted, outside of it and inside a shield it is not.
@ExtendWith(Leaks.class)
class ScopeRacesTest {
    private static CancelReason reason(String text) {
        return new CancelReason.Requested("test", text);
    }

    /// A strand on the judge's thread, with two scopes around what it does.
    private abstract static class Subject implements Duel.Judge {
        Strand strand;
        Scope root;
        volatile Scope outer;
        volatile Scope inner;

        @Override
        public void prepare() {
            if (strand == null) {
                strand = Strand.current();
                root = strand.scope();
            }
            outer = strand.enter(false);
            inner = strand.enter(false);
        }

        void leaveAll() {
            for (Scope scope = strand.scope(); scope != root; scope = strand.scope()) {
                strand.leave(scope);
            }
            assertThat(Thread.currentThread().isInterrupted())
                    .as("an interrupt after all scopes were left")
                    .isFalse();
            assertThat(root.reason()).isNull();
        }

        void assertInterrupted(boolean expected) {
            boolean interrupted = Thread.currentThread().isInterrupted();
            if (interrupted != expected) {
                assertThat(interrupted)
                        .as("interrupt in %s scope", expected ? "a cancelled" : "an open")
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void leavingAScopeWhileTheOuterOneIsCancelled() throws Exception {
        var subject = new Subject() {
            @Override
            public void act() {
                strand.leave(inner);
            }

            @Override
            public void look() {
                assertInterrupted(true);
                leaveAll();
            }
        };
        Duel.fight(Duel.ROUNDS, subject, () -> subject.outer.cancel(reason("outer")));
    }

    @Test
    void leavingAScopeWhileItIsCancelled() throws Exception {
        var subject = new Subject() {
            @Override
            public void act() {
                strand.leave(inner);
                assertInterrupted(false);
            }

            @Override
            public void look() {
                assertInterrupted(false);
                leaveAll();
            }
        };
        Duel.fight(Duel.ROUNDS, subject, () -> subject.inner.cancel(reason("inner")));
    }

    @Test
    void leavingAScopeWhileItAndTheOuterOneAreCancelled() throws Exception {
        var subject = new Subject() {
            @Override
            public void act() {
                strand.leave(inner);
            }

            @Override
            public void look() {
                assertInterrupted(true);
                leaveAll();
            }
        };
        Duel.fight(
                Duel.ROUNDS / 4,
                subject,
                () -> subject.inner.cancel(reason("inner")),
                () -> subject.outer.cancel(reason("outer")));
    }

    @Test
    void enteringAShieldWhileTheScopeAroundItIsCancelled() throws Exception {
        var subject = new Subject() {
            @Nullable Scope shield;

            @Override
            public void act() {
                shield = strand.enter(true);
                assertInterrupted(false);
            }

            @Override
            public void look() {
                assertInterrupted(false);
                strand.leave(shield);
                assertInterrupted(true);
                leaveAll();
            }
        };
        Duel.fight(Duel.ROUNDS, subject, () -> subject.inner.cancel(reason("inner")));
    }

    @Test
    void leavingAShieldWhileTheScopeAroundItIsCancelled() throws Exception {
        var subject = new Subject() {
            @Nullable Scope shield;

            @Override
            public void prepare() {
                super.prepare();
                shield = strand.enter(true);
            }

            @Override
            public void act() {
                strand.leave(shield);
            }

            @Override
            public void look() {
                assertInterrupted(true);
                leaveAll();
            }
        };
        Duel.fight(Duel.ROUNDS, subject, () -> subject.outer.cancel(reason("outer")));
    }

    @Test
    void waitingWhileTheScopeIsCancelled() throws Exception {
        var subject = new Subject() {
            @Override
            public void act() {
                CancelReason seen = null;
                try {
                    long token = strand.begin("nothing");
                    assertThat(strand.await(token)).isFalse();
                    throw strand.cancelledException();
                } catch (CancelledException cancelled) {
                    seen = cancelled.reason();
                }
                assertThat(seen).isSameAs(outer.reason());
            }

            @Override
            public void look() {
                assertInterrupted(true);
                leaveAll();
            }
        };
        Duel.fight(Duel.ROUNDS, subject, () -> subject.outer.cancel(reason("outer")));
    }

    @Test
    void waitingInAShieldWhileTheScopeAroundItIsCancelledAndTheWaitResumed() throws Exception {
        var subject = new Subject() {
            volatile Completion<Boolean> completion;

            @Override
            public void prepare() {
                super.prepare();
                completion = new Completion<>();
            }

            @Override
            public void act() {
                assertThat(completion.awaitUncancellable("completion")).isTrue();
            }

            @Override
            public void look() {
                assertInterrupted(true);
                leaveAll();
            }
        };
        Duel.fight(
                Duel.ROUNDS / 2,
                subject,
                () -> subject.outer.cancel(reason("outer")),
                () -> subject.completion.complete(true));
    }
}

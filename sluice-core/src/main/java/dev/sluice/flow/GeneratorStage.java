package dev.sluice.flow;

import dev.sluice.cancel.CancelReason;
import dev.sluice.cancel.CancelledException;
import dev.sluice.internal.strand.Strand;
import dev.sluice.task.CancelScope;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A generator's body as a stage. It needs no coroutine of its own: a yield is a call of the stages behind it.
///
/// When no more values are wanted, or a stage behind has failed, the body is cancelled: its yield throws, and
/// what was wrong behind is none of its business.
///
/// Threads: the strand of the run.
final class GeneratorStage<T> implements Stage<T> {
    private final Generator.Body<T> body;

    GeneratorStage(Generator.Body<T> body) {
        this.body = body;
    }

    @Override
    public void run(PipelineRun run, Next<? super T> next) throws Exception {
        var out = new Out<T>(next);
        Throwable thrown = null;
        try {
            CancelScope.<RuntimeException>run(scope -> {
                out.scope = scope;
                try {
                    body.run(out);
                } catch (Throwable failure) {
                    throw StageFailedException.of("source", failure);
                }
            });
        } catch (Throwable failure) {
            thrown = failure;
        }
        Throwable behind = out.behind;
        if (behind != null && thrown != null && !(thrown instanceof CancelledException)) {
            behind.addSuppressed(thrown); // the body failed as it ended, which it did because of what is behind
        }
        Stage.rethrow(behind != null ? behind : thrown);
    }

    private static final class Out<T> implements Generator.Output<T> {
        private final Strand owner = Strand.current();
        private final Next<? super T> next;
        private @Nullable CancelScope scope; // set before the body runs
        private @Nullable Throwable behind; // what a stage behind has thrown

        Out(Next<? super T> next) {
            this.next = next;
        }

        @Override
        public void yield(T value) {
            Objects.requireNonNull(value, "value");
            if (Strand.current() != owner) {
                throw new IllegalStateException("yield to a pipeline of " + owner.path() + ": called by "
                        + Strand.current().path() + ", expected the body of its source");
            }
            refuseWhenStopped();
            boolean wanted = false;
            try {
                wanted = next.take(value);
            } catch (Throwable failure) {
                behind = failure;
            }
            if (!wanted) {
                scope().cancel("no more values are wanted");
            }
            refuseWhenStopped();
            CancelScope.checkpoint();
        }

        /// Also in a shield.
        private void refuseWhenStopped() {
            Optional<CancelReason> why = scope().reason();
            if (why.isPresent()) {
                throw new CancelledException(why.get());
            }
        }

        private CancelScope scope() {
            CancelScope mine = scope;
            assert mine != null;
            return mine;
        }
    }
}

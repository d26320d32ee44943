package dev.sluice.flow;

/// Each value with the first of the others, which a task makes.
///
/// Threads: the strand of the run.
final class Zip<A, B, R> implements Step<A> {
    private final Branch<B> others;
    private final Pipeline.Zipper<? super A, ? super B, ? extends R> zipper;
    private final Stage.Next<? super R> next;

    Zip(Branch<B> others, Pipeline.Zipper<? super A, ? super B, ? extends R> zipper, Stage.Next<? super R> next) {
        this.others = others;
        this.zipper = zipper;
        this.next = next;
    }

    @Override
    public boolean take(A value) throws Exception {
        if (!others.hasNext()) {
            return false;
        }
        B partner = others.next();
        return next.take(Stage.<R>call("zip", () -> zipper.apply(value, partner)));
    }

    @Override
    public void end() {
        others.end();
    }
}

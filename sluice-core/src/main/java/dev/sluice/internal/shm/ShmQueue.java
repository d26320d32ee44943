package dev.sluice.internal.shm;

import dev.sluice.channel.Clause;
import dev.sluice.channel.Received;
import dev.sluice.codec.Codec;
import dev.sluice.codec.CodecException;
import dev.sluice.internal.access.Clauses;
import dev.sluice.internal.space.Actions;
import dev.sluice.internal.space.Incoming;
import dev.sluice.space.Lease;
import dev.sluice.space.Queue;
import dev.sluice.space.SpaceException;
import dev.sluice.space.SpaceException.Problem;
import java.util.Iterator;
import java.util.function.Consumer;
import java.util.function.Function;

/// A queue between processes, as users see it.
///
/// Threads: any.
final class ShmQueue<T> implements Queue<T> {
    private final ShmSpace space;
    private final String name;
    private final SharedQueue queue;
    private final Codec<T> codec;
    private final Options options;
    private final Scratch.Spare put = new Scratch.Spare();
    private final Scratch.Spare taken = new Scratch.Spare();

    ShmQueue(ShmSpace space, String name, SharedQueue queue, Codec<T> codec) {
        this.space = space;
        this.name = name;
        this.queue = queue;
        this.codec = codec;
        QueueOptions of = queue.options();
        this.options = new Options(of.capacity(), of.itemBytes(), of.levels(), of.deliveries());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Options options() {
        return options;
    }

    @Override
    public void put(T item, int level) {
        Scratch scratch = put.take();
        int length = encode(item, level, scratch);
        try {
            if (!queue.put(scratch.bytes(), length, level)) {
                throw finished("put");
            }
        } finally {
            put.give(scratch);
        }
    }

    @Override
    public boolean tryPut(T item, int level) {
        Scratch scratch = put.take();
        int length = encode(item, level, scratch);
        try {
            return switch (queue.tryPut(scratch.bytes(), length, level)) {
                case DONE -> true;
                case FULL -> false;
                case FINISHED -> throw finished("put");
            };
        } finally {
            put.give(scratch);
        }
    }

    private int encode(T item, int level, Scratch scratch) {
        if (level < 0 || level >= options.levels()) {
            throw new IllegalArgumentException(
                    "put " + queue + ": level=" + level + ", expected 0.." + (options.levels() - 1));
        }
        int length = scratch.encode(codec, item);
        if (length > options.itemBytes()) {
            throw new SpaceException(
                    Problem.TOO_LARGE,
                    "put " + queue + ": bytes=" + length + ", expected at most " + options.itemBytes());
        }
        return length;
    }

    private SpaceException finished(String doing) {
        return new SpaceException(Problem.FINISHED, doing + " " + queue + ": it is finished");
    }

    @Override
    public Lease<T> take() {
        long slot = queue.take();
        if (slot == SharedQueue.NONE) {
            throw finished("take");
        }
        return leased(slot);
    }

    @Override
    public Received<Lease<T>> takeOrEnd() {
        long slot = queue.take();
        return slot == SharedQueue.NONE ? new Received.Done<>() : new Received.Value<>(leased(slot));
    }

    @Override
    public Received<Lease<T>> tryTake() {
        long slot = queue.tryTake();
        if (slot != SharedQueue.NONE) {
            return new Received.Value<>(leased(slot));
        }
        return queue.isAtEnd() ? new Received.Done<>() : new Received.Empty<>();
    }

    @Override
    public Clause<Void> onTake(Consumer<? super Lease<T>> then) {
        return onTaken(Actions.withValue(then, () -> finished("take")));
    }

    @Override
    public <R> Clause<R> onTaken(Function<? super Received<Lease<T>>, ? extends R> then) {
        return Clauses.taking(queue, queue.notEmpty.taking(() -> Actions.unlessEmpty(tryTake())), then);
    }

    private Lease<T> leased(long slot) {
        Scratch scratch = taken.take();
        try {
            queue.read(slot, scratch);
        } catch (IndexOutOfBoundsException damaged) {
            queue.tryGiveBack(slot, 0);
            throw new SpaceException(Problem.REFUSED, "take " + queue + ": " + damaged.getMessage(), damaged);
        }
        try {
            T item = scratch.decode(codec);
            taken.give(scratch);
            return new ShmLease<>(Leases.ofCurrent(space), queue, slot, item);
        } catch (CodecException undecodable) {
            queue.tryGiveBack(slot, 0); // for a taker that knows better, or the dead letters
            throw undecodable;
        }
    }

    @Override
    public void join() {
        queue.join();
    }

    @Override
    public boolean finish() {
        return queue.finish();
    }

    @Override
    public Queue<T> deadLetters() {
        return new ShmQueue<>(space, name + ".dead", space.deadLetters(name, queue.options()), codec);
    }

    @Override
    public Statistics statistics() {
        SharedQueue.Reading now = queue.read();
        SharedQueue.Totals sum = queue.totals();
        var totals = new Totals(sum.put(), sum.done(), sum.returned(), sum.dead());
        Slots.Census items = now.items();
        return new Statistics(items.waiting(), items.delayed(), items.leased(), now.takers(), now.putters(), totals);
    }

    @Override
    public Iterator<Lease<T>> iterator() {
        return new Incoming<>(this::takeOrEnd);
    }

    @Override
    public String toString() {
        return queue.toString();
    }
}

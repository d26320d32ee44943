package dev.sluice.space;

import dev.sluice.channel.Clause;
import dev.sluice.channel.Received;
import java.util.function.Consumer;
import java.util.function.Function;

/// Work for whoever takes it: each item is done once, or given to another taker if it was not.
///
/// ```java
/// jobs.put(job);                                              // waits while the queue is full
/// try (Lease<Job> lease = jobs.take()) {
///     run(lease.item());
///     lease.done();                                           // not done: it goes to another taker
/// }
/// ```
///
///                  ┌──────────────giveBack, close, the holder ends or dies──────────────┐
///                  ▼                                                                    │
///     put ──▶ [ waiting ] ──take──▶ [ leased, delivery n ] ──done──▶ gone               │
///                  ▲                      └──not done, and n < deliveries───────────────┤
///                  └──[ delayed ] ◀──giveBack(delay)                                    │
///                                         not done, and n = deliveries ──▶ dead letters ┘
///
/// Items that are taken for the first time come in the order in which they were put, of one level; those of a
/// lower level come before those of a higher one. An item that returned comes again as soon as its turn allows,
/// in no promised order. A put is finished when it returns: its process may end at once.
///
/// The capacity counts what is not done: waiting, delayed and leased. So there is always room for what returns.
///
/// Threads: any, of any member of the space.
public interface Queue<T> extends Iterable<Lease<T>> {
    /// The name in its space.
    String name();

    /// What it was made with.
    Options options();

    /// Puts an item behind all others; waits while the queue is full.
    ///
    /// A cancelled put has not happened.
    ///
    /// @throws SpaceException `FINISHED`, also if that happens meanwhile; `TOO_LARGE`
    /// @throws dev.sluice.codec.CodecException if the item has no encoding
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled
    default void put(T item) {
        put(item, options().levels() - 1);
    }

    /// Puts an item behind those of its level, and before those of all higher ones.
    ///
    /// @param level 0, the most urgent, to [Options#levels] - 1
    /// @throws SpaceException as [#put(Object)]
    void put(T item, int level);

    /// Puts an item if there is room at once.
    ///
    /// @return whether it was put
    /// @throws SpaceException as [#put(Object)]
    default boolean tryPut(T item) {
        return tryPut(item, options().levels() - 1);
    }

    /// Puts an item of a level if there is room at once.
    ///
    /// @return whether it was put
    boolean tryPut(T item, int level);

    /// Takes an item; waits while there is none.
    ///
    /// A cancelled take has not happened: the item goes to another taker.
    ///
    /// @throws SpaceException `FINISHED` if the queue is finished and nothing is left that could come
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled
    Lease<T> take();

    /// Takes an item, or learns that none will come: [Received.Value] or [Received.Done].
    ///
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled
    Received<Lease<T>> takeOrEnd();

    /// Takes an item if one is waiting: [Received.Value], [Received.Empty] or [Received.Done].
    Received<Lease<T>> tryTake();

    /// A clause of a select that takes an item and runs an action with its lease, which has to be ended as one
    /// of [#take]. When it is chosen because the queue has ended, the select throws [SpaceException] `FINISHED`.
    ///
    /// If another clause is chosen, or the select is cancelled, nothing was taken.
    Clause<Void> onTake(Consumer<? super Lease<T>> then);

    /// A clause of a select that takes an item or learns that none will come, as [#takeOrEnd], and maps that to
    /// the result of the select.
    <R> Clause<R> onTaken(Function<? super Received<Lease<T>>, ? extends R> then);

    /// Waits until everything that was put is done, or in the dead letters.
    ///
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled
    void join();

    /// Says that nothing more is put, by anybody. Takers get what is left, and the end when all of it is done:
    /// what is leased may still return to them.
    ///
    /// @return whether this call finished it
    boolean finish();

    /// Where items go that were not done after so many deliveries as [Options#deliveries] allows: the queue
    /// `NAME.dead` of the same space. It has the same limits, and no dead letters of its own. If it is full,
    /// such an item stays here and is delivered again.
    Queue<T> deadLetters();

    /// One reading, for people.
    Statistics statistics();

    /// Takes until the end; waits in `hasNext`. Close each lease.
    @Override
    java.util.Iterator<Lease<T>> iterator();

    /// What a queue is made with.
    ///
    /// @param capacity how many items may be not done, 1 to 2^20; between processes, of a queue of one level, those
    ///     who put at the same moment may exceed it together, by one each and 64 at most
    /// @param itemBytes how large an encoded item may be, 1 to what the distance allows
    /// @param levels how many levels of urgency there are, 1 to 16
    /// @param deliveries how often an item is delivered before it goes to the dead letters, 1 to 2^15; 0 for no
    ///     limit
    record Options(int capacity, int itemBytes, int levels, int deliveries) {
        public Options {
            require("capacity", capacity, 1, 1 << 20);
            require("itemBytes", itemBytes, 1, 1 << 30);
            require("levels", levels, 1, 16);
            require("deliveries", deliveries, 0, 1 << 15);
        }

        private static void require(String what, int value, int least, int most) {
            if (value < least || value > most) {
                throw new IllegalArgumentException(
                        "queue options: " + what + "=" + value + ", expected " + least + ".." + most);
            }
        }

        /// 1024 items of up to 4 KiB, one level, five deliveries.
        public static Options defaults() {
            return new Options(1024, 1 << 12, 1, 5);
        }

        public Options withCapacity(int capacity) {
            return new Options(capacity, itemBytes, levels, deliveries);
        }

        public Options withItemBytes(int itemBytes) {
            return new Options(capacity, itemBytes, levels, deliveries);
        }

        public Options withLevels(int levels) {
            return new Options(capacity, itemBytes, levels, deliveries);
        }

        public Options withDeliveries(int deliveries) {
            return new Options(capacity, itemBytes, levels, deliveries);
        }
    }

    /// One reading of a queue.
    ///
    /// @param waiting items that can be taken now
    /// @param delayed items that were given back for later
    /// @param leased items that were taken and are not done
    /// @param takers waits of this opening's that nothing has ended yet
    /// @param putters the same, for room
    /// @param totals counts since the queue was made
    record Statistics(int waiting, int delayed, int leased, int takers, int putters, Totals totals) {}

    /// Counts since a queue was made.
    ///
    /// @param put items
    /// @param done items
    /// @param returned leases that ended without being done
    /// @param dead items that went to the dead letters
    record Totals(long put, long done, long returned, long dead) {}
}

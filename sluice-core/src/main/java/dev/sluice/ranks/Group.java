package dev.sluice.ranks;

import dev.sluice.codec.Cbor;
import dev.sluice.codec.Codec;
import dev.sluice.internal.ranks.Board;
import dev.sluice.internal.ranks.ByteRing;
import dev.sluice.internal.ranks.LocalWiring;
import dev.sluice.internal.ranks.Wiring;
import dev.sluice.internal.shm.ShmWiring;
import dev.sluice.ranks.RankFailedException.How;
import dev.sluice.space.SpaceException;
import java.util.function.Supplier;

/// A group of *ranks*: so many equal tasks, threads or processes, numbered from 0, that compute one thing
/// together. An object of this class is what one rank has of it.
///
/// ```java
/// long own = sumOf(numbers, group.rank(), group.size());
/// long all = group.allReduce(own, Reduction.SUM);   // the same at each rank
/// ```
///
/// **Collective operations** are those in which all ranks take part: each calls the same ones in the same
/// order. They return when the own part is done. Ranks that call different ones get an `IllegalStateException`,
/// and the group is broken.
///
/// **When a rank fails** ‑ it is killed, leaves, is cancelled in the middle, or throws ‑ the operation ends at
/// all others with a [RankFailedException] that names it, and so do all operations after
/// it: the group is *broken*. Nobody waits for the dead. Some may have finished the operation
/// in which others failed. [#shrink] goes on with those who are left, as MPI's fault tolerance (ULFM) does.
///
/// **Cancellation and deadlines** end every operation that waits. One that had not begun has not happened, and
/// may be called again; a collective one that had, or a message of which a part was sent, breaks the group.
///
/// **Limits.** 1 to 63 ranks. An item has up to 64 MiB. What was sent to a rank and not received takes room: a
/// ring for each pair, and 64 MiB at the receiver.
///
/// **Its end.** A rank closes its group when it is done. It belongs to the scope in which it joined: left
/// without closing, the rank counts as dead.
///
/// Threads: one operation of a rank at a time, on any thread; a second one at the same time is refused.
public final class Group implements AutoCloseable {
    private static final String LOCAL = "local:";
    private static final String SHM = "shm:";

    private final Membership membership;
    private final int epoch;
    private final int rank;
    private final int size;

    private Group(Membership membership) {
        this.membership = membership;
        this.epoch = membership.ends.epoch();
        this.rank = membership.ends.rank();
        this.size = membership.ends.size();
    }

    /// Takes part as one rank, and waits until all others do.
    ///
    /// A group is made by the first who joins it, and gone when the last has left. A name is used by one group
    /// at a time: while one is ending nobody joins it.
    ///
    /// @param address `local:NAME` for tasks and threads of this process, `shm:SPACE/NAME` for processes of
    ///     this user on this machine
    /// @param rank 0 to `size` - 1, which nobody else has taken
    /// @param size 1 to 63, the same for all
    /// @throws SpaceException `BUSY` if somebody has the rank, or the group is ending; `MISMATCH` if others say
    ///     another size; `UNAVAILABLE` if there is no shared memory, or no room in it: up to 16 MiB
    /// @throws RankFailedException if another rank ends before all have joined
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled; the others fail then
    public static Group join(String address, int rank, int size) {
        if (size < 1 || rank < 0 || rank >= size) {
            throw new IllegalArgumentException(
                    "join ranks " + address + ": rank=" + rank + " size=" + size + ", expected a rank of 0..size-1");
        }
        return new Group(Membership.of(wiring(address, rank, size)));
    }

    private static Wiring wiring(String address, int rank, int size) {
        int slash = address.indexOf('/');
        if (address.startsWith(LOCAL) && slash < 0 && address.length() > LOCAL.length()) {
            return LocalWiring.join(address.substring(LOCAL.length()), rank, size, ByteRing.bytesFor(size));
        }
        if (address.startsWith(SHM) && slash > 0) {
            var place = new ShmWiring.Place(
                    address.substring(slash + 1), rank, size, ByteRing.bytesFor(size), Board.KILLED);
            return ShmWiring.join(address.substring(SHM.length(), slash), place);
        }
        throw new IllegalArgumentException(
                "join ranks: address=" + address + ", expected local:NAME or shm:SPACE/NAME");
    }

    /// Who this is: 0 to [#size] - 1.
    public int rank() {
        return rank;
    }

    /// How many ranks there are.
    public int size() {
        return size;
    }

    /// The address by which it was joined.
    public String name() {
        return membership.name();
    }

    /// What a rank was called when the group began; another number only if the group has shrunk.
    public int original(int of) {
        requireRank("look at", of);
        return membership.ends.original(of);
    }

    private void requireRank(String doing, int other) {
        if (other < 0 || other >= size) {
            throw new IllegalArgumentException(
                    doing + " a rank of " + name() + ": rank=" + other + ", expected 0.." + (size - 1));
        }
    }

    // ---- items

    /// Messages and collective operations with values as CBOR.
    public <T> Items<T> items(Class<T> type) {
        return items(Cbor.of(type));
    }

    /// Messages and collective operations with values of one type.
    ///
    /// @param codec the same at all ranks
    public <T> Items<T> items(Codec<T> codec) {
        return new Items<>(this, codec);
    }

    /// Waits until all ranks have called it.
    public void barrier() {
        perform(Operation.BARRIER, ends -> {
            new ItemCollectives(ends).barrier();
            return this;
        });
    }

    // ---- numbers

    /// Reduces one number of each rank.
    ///
    /// @return the same at each rank
    public long allReduce(long own, Reduction how) {
        long[] value = {own};
        allReduce(Numbers.of(value), how);
        return value[0];
    }

    /// As [#allReduce(long, Reduction)].
    ///
    /// @throws IllegalArgumentException for a reduction of bits
    public double allReduce(double own, Reduction how) {
        double[] value = {own};
        allReduce(Numbers.of(value), how);
        return value[0];
    }

    /// Reduces numbers of all ranks in place, each with those at its index: all get the same result.
    ///
    /// @param values as many at each rank
    /// @throws IllegalArgumentException for a reduction of bits, of floating-point numbers
    /// @throws IllegalStateException if another rank has more or fewer; the group is broken
    public void allReduce(Numbers values, Reduction how) {
        values.require(how);
        collect(Operation.ALL_REDUCE_NUMBERS, values, all -> all.allReduce(how));
    }

    /// As [#allReduce(Numbers, Reduction)], but only the root gets the result: the numbers of the others stay
    /// as they are.
    public void reduce(int root, Numbers values, Reduction how) {
        requireRank("reduce at", root);
        values.require(how);
        collect(Operation.REDUCE_NUMBERS, values, all -> all.reduce(root, how));
    }

    /// As [#allReduce(Numbers, Reduction)], but each rank gets the result of those up to itself.
    public void scan(Numbers values, Reduction how) {
        values.require(how);
        collect(Operation.SCAN_NUMBERS, values, all -> all.scan(how));
    }

    /// Gives all ranks the numbers of the root.
    ///
    /// @param values as many at each rank
    public void broadcast(int root, Numbers values) {
        requireRank("broadcast from", root);
        collect(Operation.BROADCAST_NUMBERS, values, all -> all.broadcast(root));
    }

    private interface WithNumbers {
        void run(NumberCollectives all);
    }

    private void collect(Operation now, Numbers values, WithNumbers body) {
        perform(now, ends -> {
            body.run(new NumberCollectives(ends, values));
            return this;
        });
    }

    // ---- failures and the end

    /// Whether a rank has failed: everything but [#shrink] and [#close] throws.
    public boolean isBroken() {
        return membership.isBroken(epoch);
    }

    /// Goes on without those that have died or left, when the group is broken. Each of those who are left calls
    /// it; it waits until all of them have, and all get the same group, with new numbers in the old order.
    /// Whoever was cancelled or threw, and is still there, is in it when it calls this as well. Messages that
    /// were not received are gone.
    ///
    /// This object is of no use afterwards.
    ///
    /// @return the new group, which may be broken again if somebody else has failed meanwhile
    /// @throws IllegalStateException if the group is not broken, or was begun anew 1023 times
    /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled; it has not taken part then
    public Group shrink() {
        membership.shrink(epoch);
        return new Group(membership);
    }

    /// Gives up: the others' operations fail at this rank, with [RankFailedException.How#FAILED]. The group is
    /// closed here. Again, or after [#close], it does nothing.
    public void abort() {
        membership.end(() -> membership.ends.lose(How.FAILED));
    }

    /// Ends this rank's part in order, without waiting for the others: what it has sent can still be received.
    /// Who waits for more of it fails. Again it does nothing.
    ///
    /// @throws IllegalStateException if an operation of this rank runs
    @Override
    public void close() {
        membership.end(membership.ends::leave);
    }

    /// One reading, for people.
    public GroupStatistics statistics() {
        return new GroupStatistics(rank, size, membership.ends.messages(), membership.ends.bytes());
    }

    @Override
    public String toString() {
        return "rank " + rank + " of " + size + " in " + name();
    }

    // ---- for items

    interface Body<R> {
        R run(Endpoint ends);
    }

    <R> R perform(Operation now, Body<R> body) {
        return perform(now, 0, body);
    }

    <R> R perform(Operation now, int tag, Body<R> body) {
        Supplier<R> whole = () -> body.run(membership.ends);
        return membership.perform(epoch, now, tag, whole);
    }

    /// @throws IllegalArgumentException if it is none, or this one
    void requireOther(String doing, int other) {
        requireRank(doing, other);
        if (other == rank) {
            throw new IllegalArgumentException(
                    doing + " a rank of " + name() + ": rank=" + other + ", expected another one than this");
        }
    }

    void requireMember(String doing, int root) {
        requireRank(doing, root);
    }
}

package dev.sluice.ranks;

import dev.sluice.codec.Codec;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.Supplier;

/// What the ranks of a [Group] exchange as values of one type, encoded by one codec.
///
/// **Messages** go from one rank to another under a *tag*, a number of 0 or more by which the receiver chooses.
/// Of one rank and one tag they arrive in the order in which they were sent. Sending suspends only while there
/// is no room: the receiver need not wait for it.
///
/// **Operators** get what lower ranks have made first, so they need to be associative, and not commutative;
/// which pairs they get is fixed by the size of the group. An operator runs at several ranks.
///
/// All operations throw [RankFailedException] if a rank has failed, and
/// [dev.sluice.cancel.CancelledException] if the caller is cancelled, see [Group].
///
/// Threads: as the group.
///
/// @param <T> never null
public final class Items<T> {
    private static final byte[] NOTHING = {};

    private final Group group;
    private final Codec<T> codec;

    Items(Group group, Codec<T> codec) {
        this.group = group;
        this.codec = codec;
    }

    // ---- messages

    /// Sends a value to another rank.
    ///
    /// @param tag 0 or more
    /// @throws IllegalArgumentException if it has more than 64 MiB
    public void send(int to, int tag, T value) {
        group.requireOther("send to", to);
        requireTag(tag);
        byte[] message = encoded(value);
        group.perform(Operation.SEND, tag, ends -> {
            ends.requirePresent(to);
            return ends.swap(to, message, Endpoint.NOBODY);
        });
    }

    /// Waits for the next value of another rank under a tag.
    ///
    /// @throws RankFailedException also if the rank has left and had sent no more
    public T receive(int from, int tag) {
        group.requireOther("receive from", from);
        requireTag(tag);
        return decoded(group.perform(Operation.RECEIVE, tag, ends -> ends.swap(Endpoint.NOBODY, NOTHING, from)));
    }

    /// Waits for the next value of any rank under a tag; of several that have sent each gets its turn.
    ///
    /// @throws RankFailedException also if all others have left and had sent no more
    /// @throws IllegalStateException if there are no others
    public Arrived<T> receiveAny(int tag) {
        requireTag(tag);
        Endpoint.Found found = group.perform(Operation.RECEIVE, tag, Endpoint::takeAny);
        return new Arrived<>(found.from(), decoded(found.message().data));
    }

    /// A value, and whose it was.
    ///
    /// @param from the rank that sent it
    public record Arrived<T>(int from, T value) {}

    // ---- collective operations

    /// Gives all ranks the value of the root.
    ///
    /// @param value called at the root only
    public T broadcast(int root, Supplier<? extends T> value) {
        group.requireMember("broadcast from", root);
        if (group.rank() != root) {
            return decoded(
                    group.perform(Operation.BROADCAST, ends -> new ItemCollectives(ends).broadcast(root, NOTHING)));
        }
        T own = value.get();
        byte[] message = encoded(own);
        group.perform(Operation.BROADCAST, ends -> new ItemCollectives(ends).broadcast(root, message));
        return own;
    }

    /// Gives each rank its value of the root's.
    ///
    /// @param values one for each rank; called at the root only
    /// @throws IllegalArgumentException if the root has not as many as there are ranks
    public T scatter(int root, Supplier<? extends List<? extends T>> values) {
        group.requireMember("scatter from", root);
        List<byte[]> parts = group.rank() == root ? encodedAll("scatter", values.get()) : List.of();
        return decoded(group.perform(Operation.SCATTER, ends -> new ItemCollectives(ends).scatter(root, parts)));
    }

    /// Gives the root the values of all ranks.
    ///
    /// @return at the root those, in the order of the ranks; nothing elsewhere
    public List<T> gather(int root, T value) {
        group.requireMember("gather at", root);
        byte[] own = encoded(value);
        return decodedAll(group.perform(Operation.GATHER, ends -> new ItemCollectives(ends).gather(root, own)));
    }

    /// Gives all ranks the values of all, in the order of the ranks.
    public List<T> allGather(T value) {
        byte[] own = encoded(value);
        return decodedAll(group.perform(Operation.ALL_GATHER, ends -> new ItemCollectives(ends).allGather(own)));
    }

    /// Gives each rank a value of each.
    ///
    /// @param values what this rank gives, one for each rank
    /// @return what each rank gave this one, in the order of the ranks
    /// @throws IllegalArgumentException if there are not as many as ranks
    public List<T> allToAll(List<? extends T> values) {
        List<byte[]> own = encodedAll("all-to-all", values);
        return decodedAll(group.perform(Operation.ALL_TO_ALL, ends -> new ItemCollectives(ends).allToAll(own)));
    }

    /// Combines the values of all ranks.
    ///
    /// @return the result at the root; empty elsewhere
    public Optional<T> reduce(int root, T value, BinaryOperator<T> operator) {
        group.requireMember("reduce at", root);
        byte[] own = encoded(value);
        BinaryOperator<byte[]> bytes = onBytes(operator);
        byte[] result = group.perform(Operation.REDUCE, ends -> new ItemCollectives(ends).reduce(root, own, bytes));
        return group.rank() == root ? Optional.of(decoded(result)) : Optional.empty();
    }

    /// Combines the values of all ranks.
    ///
    /// @return the same at each rank
    public T allReduce(T value, BinaryOperator<T> operator) {
        byte[] own = encoded(value);
        BinaryOperator<byte[]> bytes = onBytes(operator);
        return decoded(group.perform(Operation.ALL_REDUCE, ends -> new ItemCollectives(ends).allReduce(own, bytes)));
    }

    /// Combines the values of the ranks up to this one.
    public T scan(T value, BinaryOperator<T> operator) {
        byte[] own = encoded(value);
        BinaryOperator<byte[]> bytes = onBytes(operator);
        return decoded(group.perform(Operation.SCAN, ends -> new ItemCollectives(ends).scan(own, bytes)));
    }

    // ---- bytes

    private static void requireTag(int tag) {
        if (tag < 0) {
            throw new IllegalArgumentException("message of a rank: tag=" + tag + ", expected 0 or more");
        }
    }

    private byte[] encoded(T value) {
        byte[] bytes = codec.encode(value);
        if (bytes.length > Endpoint.MOST_KEPT) {
            throw new IllegalArgumentException(
                    "item of " + group + ": bytes=" + bytes.length + ", expected at most " + Endpoint.MOST_KEPT);
        }
        return bytes;
    }

    private List<byte[]> encodedAll(String doing, List<? extends T> values) {
        if (values.size() != group.size()) {
            throw new IllegalArgumentException(doing + " by " + group + ": values=" + values.size() + ", expected "
                    + group.size() + ", one for each rank");
        }
        return values.stream().map(value -> encoded(value)).toList();
    }

    private T decoded(byte[] message) {
        return codec.decode(message);
    }

    private List<T> decodedAll(List<byte[]> all) {
        return all.stream().map(this::decoded).toList();
    }

    private BinaryOperator<byte[]> onBytes(BinaryOperator<T> operator) {
        return (low, high) -> encoded(operator.apply(decoded(low), decoded(high)));
    }
}

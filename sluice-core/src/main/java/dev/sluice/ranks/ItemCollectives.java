package dev.sluice.ranks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;

/// Operations of all ranks with messages of bytes.
///
/// What is combined is combined in the order of the ranks: `a` of a lower rank with `b` of a higher one. So an
/// operator has to be associative, and need not be commutative.
///
/// Threads: as [Endpoint].
final class ItemCollectives {
    private static final byte[] NOTHING = {};

    private final Endpoint ends;
    private final int me;
    private final int size;

    ItemCollectives(Endpoint ends) {
        this.ends = ends;
        this.me = ends.rank();
        this.size = ends.size();
    }

    private void send(int to, byte[] message) {
        ends.swap(to, message, Endpoint.NOBODY);
    }

    private byte[] receive(int from) {
        return ends.swap(Endpoint.NOBODY, NOTHING, from);
    }

    /// Dissemination (Hensgen, Finkel and Manber, "Two algorithms for barrier synchronization", 1988): in each
    /// step each rank tells one twice as far away.
    void barrier() {
        for (int bit = 1; bit < size; bit <<= 1) {
            ends.swap((me + bit) % size, NOTHING, Math.floorMod(me - bit, size));
        }
    }

    /// Down a binomial tree: in each step all who have the message send it to one more.
    byte[] broadcast(int root, byte[] own) {
        byte[] message = own;
        int place = Math.floorMod(me - root, size);
        int bit = 1;
        for (; bit < size; bit <<= 1) {
            if ((place & bit) != 0) {
                message = receive((me - bit + size) % size);
                break;
            }
        }
        for (bit >>= 1; bit > 0; bit >>= 1) {
            if (place + bit < size) {
                send((me + bit) % size, message);
            }
        }
        return message;
    }

    /// Straight from the root: in memory nothing is gained by sending a part through others.
    byte[] scatter(int root, List<byte[]> parts) {
        if (me != root) {
            return receive(root);
        }
        for (int rank = 0; rank < size; rank++) {
            if (rank != root) {
                send(rank, parts.get(rank));
            }
        }
        return parts.get(root);
    }

    /// Straight to the root, in the order of the ranks.
    List<byte[]> gather(int root, byte[] own) {
        if (me != root) {
            send(root, own);
            return List.of();
        }
        List<byte[]> parts = new ArrayList<>();
        for (int rank = 0; rank < size; rank++) {
            parts.add(rank == root ? own : receive(rank));
        }
        return parts;
    }

    /// A ring: in each step each rank sends on what it got in the step before.
    List<byte[]> allGather(byte[] own) {
        byte[][] parts = new byte[size][];
        parts[me] = own;
        for (int step = 0; step < size - 1; step++) {
            byte[] came =
                    ends.swap((me + 1) % size, parts[Math.floorMod(me - step, size)], Math.floorMod(me - 1, size));
            parts[Math.floorMod(me - step - 1, size)] = came;
        }
        return Arrays.asList(parts);
    }

    /// Pairwise: in each step each rank sends to one that is a step further above, and gets from one as far
    /// below.
    List<byte[]> allToAll(List<byte[]> own) {
        byte[][] parts = new byte[size][];
        parts[me] = own.get(me);
        for (int step = 1; step < size; step++) {
            int above = (me + step) % size;
            int below = Math.floorMod(me - step, size);
            parts[below] = ends.swap(above, own.get(above), below);
        }
        return Arrays.asList(parts);
    }

    /// Up a binomial tree to rank 0, so that the order of the ranks is kept, and from there to the root.
    ///
    /// @return the result at the root, something elsewhere
    byte[] reduce(int root, byte[] own, BinaryOperator<byte[]> operator) {
        byte[] part = own;
        for (int bit = 1; bit < size; bit <<= 1) {
            if ((me & bit) != 0) {
                send(me - bit, part);
                return me == root ? receive(0) : part;
            }
            if (me + bit < size) {
                part = operator.apply(part, receive(me + bit));
            }
        }
        if (root != 0) {
            send(root, part);
        }
        return part;
    }

    /// Recursive doubling, as [NumberCollectives] has it: the ranks whose parts are combined follow each other.
    byte[] allReduce(byte[] own, BinaryOperator<byte[]> operator) {
        int power = Integer.highestOneBit(size);
        int beyond = size - power;
        boolean paired = me < 2 * beyond;
        if (paired && me % 2 == 0) {
            send(me + 1, own);
            return receive(me + 1);
        }
        byte[] part = paired ? operator.apply(receive(me - 1), own) : own;
        int place = paired ? me / 2 : me - beyond;
        for (int bit = 1; bit < power; bit <<= 1) {
            int other = place ^ bit;
            int partner = other < beyond ? 2 * other + 1 : other + beyond;
            byte[] theirs = ends.swap(partner, part, partner);
            part = other < place ? operator.apply(theirs, part) : operator.apply(part, theirs);
        }
        if (paired) {
            send(me - 1, part);
        }
        return part;
    }

    /// By doubling distances, as [NumberCollectives] has it.
    byte[] scan(byte[] own, BinaryOperator<byte[]> operator) {
        byte[] part = own;
        for (int bit = 1; bit < size; bit <<= 1) {
            int above = me + bit < size ? me + bit : Endpoint.NOBODY;
            int below = me - bit >= 0 ? me - bit : Endpoint.NOBODY;
            byte[] theirs = ends.swap(above, part, below);
            if (below != Endpoint.NOBODY) {
                part = operator.apply(theirs, part);
            }
        }
        return part;
    }
}

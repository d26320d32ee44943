package dev.sluice.ranks;

/// Operations of all ranks with numbers.
///
/// The order of a reduction is that of the algorithm, for a size of the group and a count of the numbers; what
/// is combined is never what happens to come first.
///
/// Threads: as [Endpoint].
final class NumberCollectives {
    /// Up to here the number of steps is what costs; above it is the number of bytes.
    private static final long SHORT_BYTES = 8 << 10;

    private static final Endpoint.Going NONE_GO = new Endpoint.Going((_, _) -> {}, 0);
    private static final Endpoint.Coming NONE_COME = new Endpoint.Coming((_, _) -> {}, 0);

    private final Endpoint ends;
    private final Numbers numbers;
    private final int me;
    private final int size;

    NumberCollectives(Endpoint ends, Numbers numbers) {
        this.ends = ends;
        this.numbers = numbers;
        this.me = ends.rank();
        this.size = ends.size();
    }

    private void send(int to) {
        ends.exchange(to, all(), Endpoint.NOBODY, NONE_COME);
    }

    private void receive(int from, Endpoint.Coming coming) {
        ends.exchange(Endpoint.NOBODY, NONE_GO, from, coming);
    }

    private Endpoint.Going all() {
        return numbers.going(0, numbers.count());
    }

    private Endpoint.Coming combining(Reduction how) {
        return numbers.combining(0, numbers.count(), how);
    }

    /// Down a binomial tree: in each step all who have the numbers send them to one more.
    void broadcast(int root) {
        int place = Math.floorMod(me - root, size);
        int bit = 1;
        for (; bit < size; bit <<= 1) {
            if ((place & bit) != 0) {
                receive((me - bit + size) % size, numbers.coming(0, numbers.count()));
                break;
            }
        }
        for (bit >>= 1; bit > 0; bit >>= 1) {
            if (place + bit < size) {
                send((me + bit) % size);
            }
        }
    }

    /// Up a binomial tree. Those of the others stay as they are.
    void reduce(int root, Reduction how) {
        int place = Math.floorMod(me - root, size);
        NumberCollectives part = this;
        for (int bit = 1; bit < size; bit <<= 1) {
            if ((place & bit) != 0) {
                part.send((me - bit + size) % size);
                return;
            }
            if (place + bit < size) {
                if (part == this && place != 0) {
                    part = new NumberCollectives(ends, numbers.copy());
                }
                part.receive((me + bit) % size, part.combining(how));
            }
        }
    }

    void allReduce(Reduction how) {
        if ((long) numbers.count() * Numbers.BYTES <= SHORT_BYTES) {
            byDoubling(how);
        } else {
            byRing(how);
        }
    }

    /// Recursive doubling (Thakur, Rabenseifner and Gropp, "Optimization of collective communication operations
    /// in MPICH", 2005): in each step each rank exchanges what it has with one twice as far away. Of the ranks
    /// beyond a power of two each hands its numbers to a neighbour first, and gets the result from it.
    private void byDoubling(Reduction how) {
        int power = Integer.highestOneBit(size);
        int beyond = size - power;
        boolean paired = me < 2 * beyond;
        if (paired && me % 2 == 0) {
            send(me + 1);
            receive(me + 1, numbers.coming(0, numbers.count()));
            return;
        }
        if (paired) {
            receive(me - 1, combining(how));
        }
        int place = paired ? me / 2 : me - beyond;
        for (int bit = 1; bit < power; bit <<= 1) {
            int other = place ^ bit;
            int partner = other < beyond ? 2 * other + 1 : other + beyond;
            ends.exchange(partner, numbers.snapshot(), partner, combining(how));
        }
        if (paired) {
            send(me - 1);
        }
    }

    /// A ring (Patarasuk and Yuan, "Bandwidth optimal all-reduce algorithms for clusters of workstations",
    /// 2009): the numbers are cut into a part for each rank; each goes around once, and is reduced with
    /// everybody's, and once more, to everybody.
    private void byRing(Reduction how) {
        int next = (me + 1) % size;
        int previous = (me - 1 + size) % size;
        for (int step = 0; step < size - 1; step++) {
            int goes = Math.floorMod(me - step, size);
            int comes = Math.floorMod(me - step - 1, size);
            Endpoint.Coming coming = numbers.combining(start(comes), start(comes + 1), how);
            ends.exchange(next, numbers.going(start(goes), start(goes + 1)), previous, coming);
        }
        for (int step = 0; step < size - 1; step++) {
            int goes = Math.floorMod(me - step + 1, size);
            int comes = Math.floorMod(me - step, size);
            Endpoint.Coming coming = numbers.coming(start(comes), start(comes + 1));
            ends.exchange(next, numbers.going(start(goes), start(goes + 1)), previous, coming);
        }
    }

    private int start(int part) {
        return (int) ((long) numbers.count() * part / size);
    }

    /// By doubling distances (Hillis and Steele, "Data parallel algorithms", 1986): in each step each rank adds
    /// what one twice as far below has.
    void scan(Reduction how) {
        for (int bit = 1; bit < size; bit <<= 1) {
            int above = me + bit < size ? me + bit : Endpoint.NOBODY;
            int below = me - bit >= 0 ? me - bit : Endpoint.NOBODY;
            Endpoint.Going goes = above == Endpoint.NOBODY ? NONE_GO : numbers.snapshot();
            ends.exchange(above, goes, below, below == Endpoint.NOBODY ? NONE_COME : combining(how));
        }
    }
}

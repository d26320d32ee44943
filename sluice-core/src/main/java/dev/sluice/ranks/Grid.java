package dev.sluice.ranks;

import java.util.Arrays;
import java.util.OptionalInt;

/// The ranks of a group as points of a grid, the last side counting fastest: who is whose neighbour, for what
/// is computed on a plane or in space.
///
/// ```java
/// Grid grid = Grid.of(group, 2, 3);
/// OptionalInt right = grid.neighbour(group.rank(), 1, 1);
/// ```
///
/// Threads: immutable.
public final class Grid {
    private final int[] sides;
    private final boolean closed;

    private Grid(int[] sides, boolean closed) {
        this.sides = sides;
        this.closed = closed;
    }

    /// A grid with borders: those at them have fewer neighbours.
    ///
    /// @param sides the length of each
    /// @throws IllegalArgumentException if it has not as many points as the group has ranks
    public static Grid of(Group group, int... sides) {
        return make(group, sides, false);
    }

    /// A grid without borders: after the last comes the first.
    public static Grid ring(Group group, int... sides) {
        return make(group, sides, true);
    }

    private static Grid make(Group group, int[] sides, boolean closed) {
        long points = 1;
        for (int side : sides) {
            points = side < 1 ? 0 : Math.min(points * side, Integer.MAX_VALUE);
        }
        if (points != group.size() || sides.length == 0) {
            throw new IllegalArgumentException("grid of " + group + ": sides=" + Arrays.toString(sides) + " of "
                    + points + " points, expected " + group.size());
        }
        return new Grid(sides.clone(), closed);
    }

    /// Where a rank is: a number for each side.
    public int[] place(int rank) {
        int[] place = new int[sides.length];
        int left = rank;
        for (int side = sides.length - 1; side >= 0; side--) {
            place[side] = left % sides[side];
            left /= sides[side];
        }
        if (rank < 0 || left != 0) {
            throw new IllegalArgumentException(
                    "grid " + Arrays.toString(sides) + ": rank=" + rank + ", expected one of its points");
        }
        return place;
    }

    /// Who is at a place; empty beyond the borders.
    public OptionalInt rank(int... place) {
        if (place.length != sides.length) {
            throw new IllegalArgumentException("grid " + Arrays.toString(sides) + ": place=" + Arrays.toString(place)
                    + ", expected " + sides.length + " numbers");
        }
        int rank = 0;
        for (int side = 0; side < sides.length; side++) {
            int at = closed ? Math.floorMod(place[side], sides[side]) : place[side];
            if (at < 0 || at >= sides[side]) {
                return OptionalInt.empty();
            }
            rank = rank * sides[side] + at;
        }
        return OptionalInt.of(rank);
    }

    /// Who is so many steps away from a rank along one side; empty beyond the borders.
    ///
    /// @param side 0 to the number of sides - 1
    public OptionalInt neighbour(int rank, int side, int steps) {
        int[] place = place(rank);
        place[side] += steps;
        return rank(place);
    }

    @Override
    public String toString() {
        return "grid " + Arrays.toString(sides) + (closed ? " without borders" : "");
    }
}

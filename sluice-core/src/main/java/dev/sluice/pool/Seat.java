package dev.sluice.pool;

import dev.sluice.internal.shm.ShmWiring;
import dev.sluice.ranks.Group;

/// What travels to a worker instead of a [Group]: where it joins.
///
/// @param space the name of the space that the group has for itself; nobody needs it when all have joined
record Seat(String space, int rank, int size) {
    /// What a rank does.
    @FunctionalInterface
    interface Body {
        Object apply(Object group) throws Throwable;
    }

    static final String GROUP = "ranks";

    /// Takes part, and leaves as the function ends.
    Object take(Body body) throws Throwable {
        try (Group group = Group.join("shm:" + space + "/" + GROUP, rank, size)) {
            if (rank == 0) {
                ShmWiring.removeSpace(space);
            }
            return run(group, body);
        }
    }

    /// A rank whose function throws fails its group.
    static Object run(Group group, Body body) throws Throwable {
        try {
            return body.apply(group);
        } catch (Throwable failure) {
            group.abort();
            throw failure;
        }
    }
}

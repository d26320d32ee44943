package dev.sluice.internal.shm;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Visits all states that a model can be in, and finds those from which its goal cannot be reached.
final class StateSearch {
    /// What can be searched. A state is an array of numbers, which nobody changes.
    interface Model {
        int[] start();

        /// Adds each state that one step leads to.
        ///
        /// @throws Violation if a step shows what must not be
        void steps(int[] state, List<int[]> out);

        /// @throws Violation if the state must not be
        void check(int[] state);

        /// Whether everything that was to be done is done.
        boolean goal(int[] state);
    }

    /// What must never be.
    static final class Violation extends RuntimeException {
        private static final long serialVersionUID = 1;

        Violation(String what) {
            super(what);
        }
    }

    /// What was found.
    record Result(int states, long steps, int stuck) {}

    private final Model model;

    StateSearch(Model model) {
        this.model = model;
    }

    /// Searches all states.
    ///
    /// @throws Violation if one of them must not be
    Result run(int mostStates) {
        Map<Key, Integer> ids = new HashMap<>();
        List<int[]> all = new ArrayList<>();
        List<int[]> comingFrom = new ArrayList<>(); // of each state, those that lead to it
        ids.put(new Key(model.start()), 0);
        all.add(model.start());
        comingFrom.add(new int[] {0});
        long edges = 0;
        for (int x = 0; x < all.size(); x++) {
            int[] s = all.get(x);
            List<int[]> out = new ArrayList<>();
            try {
                model.check(s);
                model.steps(s, out);
            } catch (Violation e) {
                throw new Violation(e.getMessage() + " in " + Arrays.toString(s));
            }
            for (int[] n : out) {
                Integer y = ids.putIfAbsent(new Key(n), all.size());
                if (y == null) {
                    y = all.size();
                    all.add(n);
                    comingFrom.add(new int[] {0});
                    if (y >= mostStates) {
                        throw new IllegalStateException("more than " + mostStates + " states");
                    }
                }
                edges++;
                comingFrom.set(y, with(comingFrom.get(y), x));
            }
        }
        return new Result(all.size(), edges, stuck(all, comingFrom));
    }

    private static int[] with(int[] list, int x) {
        int size = list[0] + 1;
        int[] grown = size < list.length ? list : Arrays.copyOf(list, Math.max(4, 2 * list.length));
        grown[size] = x;
        grown[0] = size;
        return grown;
    }

    private int stuck(List<int[]> all, List<int[]> comingFrom) {
        boolean[] reaches = new boolean[all.size()];
        Deque<Integer> todo = new ArrayDeque<>();
        for (int x = 0; x < all.size(); x++) {
            if (model.goal(all.get(x))) {
                reaches[x] = true;
                todo.add(x);
            }
        }
        while (!todo.isEmpty()) {
            int[] list = comingFrom.get(todo.poll());
            for (int i = 1; i <= list[0]; i++) {
                if (!reaches[list[i]]) {
                    reaches[list[i]] = true;
                    todo.add(list[i]);
                }
            }
        }
        int stuck = 0;
        for (boolean one : reaches) {
            stuck += one ? 0 : 1;
        }
        return stuck;
    }

    @SuppressWarnings("ArrayRecordComponent") // compared by what is in it
    private record Key(int[] state) {
        @Override
        public int hashCode() {
            return Arrays.hashCode(state);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && Arrays.equals(state, key.state);
        }
    }
}
